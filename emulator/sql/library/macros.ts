import { SCALAR_MACROS } from './scalar-macros.ts'

/**
 * What Snowflake's functions mean, as DuckDB macros. A macro sees no types, so those that take anything look at
 * `to_json(x)`, which is total, and at `typeof(x)`.
 */
const OWN_MACROS: readonly (readonly [signature: string, body: string])[] = [
  // Errors
  ['SFX_FAIL(code, message)', `error('SF[' || code || '] ' || message)`],
  [
    'SFX_PARSED(p, t, k, f)',
    `CASE WHEN p IS NULL AND t IS NOT NULL THEN SFX_FAIL('100096 22007', 'Can''t parse ''' || t || ''' as ' || k || ' with format ''' || f || '''') ELSE p END`,
  ],
  [
    'SFX_AS_OF(t, c, n)',
    `CASE WHEN t < c THEN SFX_FAIL('000707 02000', 'Time travel data is not available for table ' || n || '. The requested time is either beyond the allowed time travel period or before the object creation time.') ELSE TRUE END`,
  ],
  ['SFX_DIV(a, b)', `CASE WHEN b = 0 THEN SFX_FAIL('100051 22012', 'Division by zero') ELSE a / b END`],
  ['SF_MOD(a, b)', `CASE WHEN b = 0 THEN SFX_FAIL('100051 22012', 'Division by zero') ELSE a % b END`],
  ['SF_DIV0(a, b)', `CASE WHEN b = 0 THEN 0 ELSE a / b END`],
  ['SF_DIV0NULL(a, b)', `CASE WHEN b = 0 OR b IS NULL THEN 0 ELSE a / b END`],

  // Conditions
  ['SF_IFF(c, a, b)', `CASE WHEN c THEN a ELSE b END`],
  ['SF_NVL2(x, a, b)', `CASE WHEN x IS NOT NULL THEN a ELSE b END`],
  ['SF_ZEROIFNULL(x)', `COALESCE(x, 0)`],
  ['SF_NULLIFZERO(x)', `NULLIF(x, 0)`],
  ['SF_EQUAL_NULL(a, b)', `a IS NOT DISTINCT FROM b`],
  ['SF_BOOLAND(a, b)', `(a <> 0) AND (b <> 0)`],
  ['SF_BOOLOR(a, b)', `(a <> 0) OR (b <> 0)`],
  ['SF_SQUARE(x)', `x * x`],

  // Text of any value
  [
    'SFX_TZ_TEXT(j)',
    `strftime(make_timestamp(CAST(j->>'$.epoch' AS BIGINT) * 1000000 + CAST(j->>'$.nanos' AS BIGINT) // 1000 + CAST(j->>'$.offset_minutes' AS BIGINT) * 60000000), '%Y-%m-%d %H:%M:%S.%g ') || SFX_OFFSET_TEXT(CAST(j->>'$.offset_minutes' AS INTEGER))`,
  ],
  [
    'SFX_OFFSET_TEXT(m)',
    `CASE WHEN m < 0 THEN '-' ELSE '+' END || lpad(CAST(abs(m) // 60 AS VARCHAR), 2, '0') || lpad(CAST(abs(m) % 60 AS VARCHAR), 2, '0')`,
  ],
  [
    'SF_TO_VARCHAR(x)',
    `CASE
    WHEN typeof(x) = 'VARCHAR' THEN CAST(x AS VARCHAR)
    WHEN typeof(x) = 'JSON' THEN to_json(x)->>'$'
    WHEN typeof(x) IN ('DOUBLE', 'FLOAT') THEN regexp_replace(CAST(x AS VARCHAR), '\\.0$', '')
    WHEN typeof(x) IN ('TIMESTAMP', 'TIMESTAMP_NS', 'TIMESTAMP_MS', 'TIMESTAMP_S') THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%g')
    WHEN typeof(x) = 'TIMESTAMP WITH TIME ZONE' THEN strftime(TRY_CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ), '%Y-%m-%d %H:%M:%S.%g %z')
    WHEN typeof(x) IN ('TIME', 'TIME_NS') THEN left(CAST(x AS VARCHAR), 8)
    WHEN typeof(x) LIKE 'STRUCT(epoch%' THEN SFX_TZ_TEXT(to_json(x))
    WHEN typeof(x) LIKE 'STRUCT(%' OR typeof(x) LIKE 'MAP(%' OR typeof(x) LIKE '%[]' THEN CAST(to_json(x) AS VARCHAR)
    ELSE CAST(x AS VARCHAR) END`,
  ],

  // Semi-structured data
  [
    'SF_PARSE_JSON(x)',
    `CASE WHEN json_valid(SF_TO_VARCHAR(x)) THEN CAST(SF_TO_VARCHAR(x) AS JSON) WHEN x IS NULL THEN NULL ELSE SFX_FAIL('100069 22P02', 'Error parsing JSON: ' || SF_TO_VARCHAR(x)) END`,
  ],
  ['SF_TRY_PARSE_JSON(x)', `CASE WHEN json_valid(SF_TO_VARCHAR(x)) THEN CAST(SF_TO_VARCHAR(x) AS JSON) END`],
  ['SF_CHECK_JSON(x)', `CASE WHEN json_valid(x) THEN NULL ELSE 'unknown keyword' END`],
  ['SF_TO_JSON(x)', `CAST(to_json(x) AS VARCHAR)`],
  ['SF_GET_PATH(x, p)', `json_extract(to_json(x), CASE WHEN p LIKE '$%' THEN p ELSE '$.' || p END)`],
  [
    'SF_GET(x, k)',
    `json_extract(to_json(x), CASE WHEN json_type(to_json(x)) = 'ARRAY' THEN '$[' || TRY_CAST(SF_TO_VARCHAR(k) AS INTEGER) || ']' ELSE '$."' || SF_TO_VARCHAR(k) || '"' END)`,
  ],
  ['SFX_LIST(x)', `CAST(to_json(x) AS JSON[])`],
  ['SFX_JSON_LIST(x)', `CAST(to_json(x) AS JSON[])`],
  // `-1 02:03:04.5` as DuckDB reads it: `-1 days -02:03:04.5`.
  ['SFX_DAY_TIME(t)', `regexp_replace(t, '^\\s*([+-]?)(\\d+)\\s+(\\d+:)', '\\1\\2 days \\1\\3')`],
  ['SFX_MAP(x)', `CAST(to_json(x) AS MAP(VARCHAR, JSON))`],
  ['SFX_PAIR(k, v)', `struct_pack(k := SF_TO_VARCHAR(k), v := to_json(v))`],
  [
    'SFX_PAIRS_TO_FULL_OBJECT(l)',
    `map_from_entries(list_transform(list_filter(l, lambda e: e.k IS NOT NULL), lambda e: struct_pack(k := e.k, v := COALESCE(e.v, CAST('null' AS JSON)))))`,
  ],
  [
    'SFX_PAIRS_TO_OBJECT(l)',
    `map_from_entries(list_filter(l, lambda e: e.k IS NOT NULL AND e.v IS NOT NULL AND CAST(e.v AS VARCHAR) <> 'null'))`,
  ],
  ['SFX_OBJECT_VALUES(o)', `map_values(o)`],
  ['SF_OBJECT_KEYS(o)', `SFX_JSON_LIST(json_keys(to_json(o)))`],
  ['SF_OBJECT_INSERT(o, k, v)', `map_concat(SFX_MAP(o), map([k], [to_json(v)]))`],
  ['SF_OBJECT_DELETE(o, k)', `map_from_entries(list_filter(map_entries(SFX_MAP(o)), lambda e: e.key <> k))`],
  ['SF_OBJECT_PICK(o, k)', `map_from_entries(list_filter(map_entries(SFX_MAP(o)), lambda e: e.key = k))`],
  [
    'SF_ARRAY_SIZE(x)',
    `CASE WHEN json_type(to_json(x)) = 'ARRAY' THEN CAST(json_array_length(to_json(x)) AS INTEGER) END`,
  ],
  ['SF_ARRAY_LENGTH(x)', `SF_ARRAY_SIZE(x)`],
  ['SF_ARRAY_CONTAINS(v, a)', `list_contains(SFX_LIST(a), to_json(v))`],
  ['SF_ARRAY_POSITION(v, a)', `list_position(SFX_LIST(a), to_json(v)) - 1`],
  ['SF_ARRAY_APPEND(a, v)', `list_append(SFX_LIST(a), to_json(v))`],
  ['SF_ARRAY_PREPEND(a, v)', `list_prepend(to_json(v), SFX_LIST(a))`],
  ['SF_ARRAY_CAT(a, b)', `list_concat(SFX_LIST(a), SFX_LIST(b))`],
  ['SF_ARRAY_SLICE(a, f, t)', `list_slice(SFX_LIST(a), f + 1, CASE WHEN t < 0 THEN t - 1 ELSE t END)`],
  ['SF_ARRAY_DISTINCT(a)', `list_distinct(SFX_LIST(a))`],
  ['SF_ARRAY_SORT(a)', `list_sort(SFX_LIST(a))`],
  ['SF_ARRAY_COMPACT(a)', `list_filter(SFX_LIST(a), lambda e: CAST(e AS VARCHAR) <> 'null')`],
  ['SF_ARRAY_INTERSECTION(a, b)', `list_intersect(SFX_LIST(a), SFX_LIST(b))`],
  ['SF_ARRAYS_OVERLAP(a, b)', `list_has_any(SFX_LIST(a), SFX_LIST(b))`],
  ['SF_ARRAY_TO_STRING(a, s)', `array_to_string(list_transform(SFX_LIST(a), lambda e: e->>'$'), s)`],
  ['SF_ARRAY_MAX(a)', `list_max(SFX_LIST(a))`],
  ['SF_ARRAY_MIN(a)', `list_min(SFX_LIST(a))`],
  [
    'SF_TO_ARRAY(x)',
    `CASE WHEN x IS NULL THEN NULL WHEN json_type(to_json(x)) = 'ARRAY' THEN SFX_LIST(x) ELSE [to_json(x)] END`,
  ],
  [
    'SF_TYPEOF(x)',
    `CASE json_type(to_json(x)) WHEN 'OBJECT' THEN 'OBJECT' WHEN 'ARRAY' THEN 'ARRAY' WHEN 'VARCHAR' THEN 'VARCHAR' WHEN 'BOOLEAN' THEN 'BOOLEAN' WHEN 'NULL' THEN 'NULL_VALUE' WHEN 'DOUBLE' THEN 'DECIMAL' WHEN NULL THEN NULL ELSE 'INTEGER' END`,
  ],
  ['SF_IS_NULL_VALUE(x)', `json_type(to_json(x)) = 'NULL'`],
  ['SF_IS_ARRAY(x)', `json_type(to_json(x)) = 'ARRAY'`],
  ['SF_IS_OBJECT(x)', `json_type(to_json(x)) = 'OBJECT'`],
  ['SF_IS_VARCHAR(x)', `json_type(to_json(x)) = 'VARCHAR'`],
  ['SF_IS_CHAR(x)', `json_type(to_json(x)) = 'VARCHAR'`],
  ['SF_IS_BOOLEAN(x)', `json_type(to_json(x)) = 'BOOLEAN'`],
  ['SF_IS_INTEGER(x)', `json_type(to_json(x)) IN ('BIGINT', 'UBIGINT')`],
  ['SF_IS_DECIMAL(x)', `json_type(to_json(x)) IN ('BIGINT', 'UBIGINT', 'DOUBLE')`],
  ['SF_AS_VARCHAR(x)', `CASE WHEN SF_IS_VARCHAR(x) THEN to_json(x)->>'$' END`],
  ['SF_AS_INTEGER(x)', `CASE WHEN SF_IS_INTEGER(x) THEN CAST(to_json(x) AS DECIMAL(38,0)) END`],
  ['SF_STRIP_NULL_VALUE(x)', `CASE WHEN json_type(to_json(x)) <> 'NULL' THEN to_json(x) END`],
  [
    'SFX_FLATTEN_ITEMS(j, m)',
    `CASE
    WHEN json_type(j) = 'ARRAY' AND m <> 'OBJECT' THEN list_transform(range(0, CAST(json_array_length(j) AS BIGINT)), lambda i: struct_pack(seq := 1, key := CAST(NULL AS VARCHAR), path := '[' || i || ']', index := CAST(i AS INTEGER), value := json_extract(j, '$[' || i || ']'), this := j))
    WHEN json_type(j) = 'OBJECT' AND m <> 'ARRAY' THEN list_transform(list_sort(json_keys(j)), lambda k: struct_pack(seq := 1, key := k, path := k, index := CAST(NULL AS INTEGER), value := json_extract(j, '$."' || k || '"'), this := j))
    ELSE [] END`,
  ],
  ['SFX_TREE(t)', `CAST(CAST(js_json_tree(t) AS JSON) AS JSON[])`],
  [
    'SFX_FLATTEN_TREE(j)',
    `list_transform(SFX_TREE(CAST(j AS VARCHAR)), lambda e: struct_pack(seq := 1, key := e->>'$.key', path := e->>'$.path', index := CAST(e->>'$.index' AS INTEGER), value := json_extract(e, '$.value'), this := json_extract(e, '$.this')))`,
  ],
  [
    'SFX_FLATTEN(j, o, r, m)',
    `CASE
    WHEN r AND json_type(j) IN ('ARRAY', 'OBJECT') THEN SFX_FLATTEN_TREE(j)
    WHEN o AND len(COALESCE(SFX_FLATTEN_ITEMS(j, m), [])) = 0 THEN [struct_pack(seq := 1, key := CAST(NULL AS VARCHAR), path := CAST(NULL AS VARCHAR), index := CAST(NULL AS INTEGER), value := CAST(NULL AS JSON), this := j)]
    ELSE SFX_FLATTEN_ITEMS(j, m) END`,
  ],
  ['SFX_TOP_K(l)', `CAST(to_json(list_transform(l, lambda e: [to_json(e)])) AS JSON[])`],

  // Text
  ['SF_STARTSWITH(a, b)', `starts_with(SF_TO_VARCHAR(a), SF_TO_VARCHAR(b))`],
  ['SF_ENDSWITH(a, b)', `ends_with(SF_TO_VARCHAR(a), SF_TO_VARCHAR(b))`],
  ['SF_CONTAINS(a, b)', `contains(SF_TO_VARCHAR(a), SF_TO_VARCHAR(b))`],
  ['SF_CHARINDEX(a, b)', `strpos(b, a)`],
  ['SF_LEN(x)', `length(SF_TO_VARCHAR(x))`],
  [
    'SF_SUBSTR(s, f)~(s, f, n)',
    `substring(SF_TO_VARCHAR(s), CASE WHEN f = 0 THEN 1 ELSE f END)~substring(SF_TO_VARCHAR(s), CASE WHEN f = 0 THEN 1 ELSE f END, n)`,
  ],
  ['SF_SUBSTRING(s, f)~(s, f, n)', `SF_SUBSTR(s, f)~SF_SUBSTR(s, f, n)`],
  [
    'SF_INITCAP(s)',
    `array_to_string(list_transform(regexp_extract_all(s, '[A-Za-z0-9]+|[^A-Za-z0-9]+'), lambda w: upper(left(w, 1)) || lower(substring(w, 2))), '')`,
  ],
  ['SF_INSERT(s, p, n, r)', `left(s, p - 1) || r || substring(s, p + n)`],
  ['SF_SPLIT(s, d)', `SFX_JSON_LIST(string_split(s, d))`],
  [
    'SF_SPLIT_PART(s, d, n)',
    `COALESCE(split_part(SF_TO_VARCHAR(s), d, CASE WHEN n = 0 THEN 1 ELSE CAST(n AS INTEGER) END), '')`,
  ],
  ['SFX_STRTOK_LIST(s, d)', `list_filter(string_split_regex(s, '[' || regexp_escape(d) || ']'), lambda e: e <> '')`],
  [
    'SF_LPAD(s, n)~(s, n, p)',
    `lpad(SF_TO_VARCHAR(s), CAST(n AS INTEGER), ' ')~lpad(SF_TO_VARCHAR(s), CAST(n AS INTEGER), SF_TO_VARCHAR(p))`,
  ],
  [
    'SF_RPAD(s, n)~(s, n, p)',
    `rpad(SF_TO_VARCHAR(s), CAST(n AS INTEGER), ' ')~rpad(SF_TO_VARCHAR(s), CAST(n AS INTEGER), SF_TO_VARCHAR(p))`,
  ],
  ['SF_STRTOK_TO_ARRAY(s, d)', `SFX_JSON_LIST(SFX_STRTOK_LIST(s, d))`],
  ['SF_STRTOK(s, d, n)', `SFX_STRTOK_LIST(s, d)[n]`],
  ['SF_REGEXP_COUNT(s, p)', `len(regexp_extract_all(s, p))`],
  [
    'SF_SHA2(x)~(x, n)',
    `sha256(x)~CASE WHEN n IN (0, 256) THEN sha256(x) ELSE SFX_FAIL('001023 22023', 'Digest size must be 256') END`,
  ],
  ['SF_SHA2_HEX(x)', `sha256(x)`],
  ['SF_MD5_HEX(x)', `md5(x)`],
  ['SF_HEX_ENCODE(x)', `hex(encode(SF_TO_VARCHAR(x)))`],
  ['SF_HEX_DECODE_STRING(x)', `decode(unhex(x))`],
  ['SF_BASE64_ENCODE(x)', `to_base64(encode(SF_TO_VARCHAR(x)))`],
  ['SF_BASE64_DECODE_STRING(x)', `decode(from_base64(x))`],
  ['SF_UUID_STRING()', `CAST(gen_random_uuid() AS VARCHAR)`],
  [
    'SF_RANDSTR(n, g)',
    `CASE WHEN g IS NULL THEN NULL ELSE substring(repeat(replace(CAST(gen_random_uuid() AS VARCHAR), '-', ''), CAST(n // 32 + 1 AS INTEGER)), 1, CAST(n AS INTEGER)) END`,
  ],
  [
    'SF_RANDOM()~(seed)',
    `CAST(floor((random() - 0.5) * 18446744073709551615) AS BIGINT)~CAST(hash(seed, random()) // 2 AS BIGINT)`,
  ],
  ['SF_SEQ1()', `row_number() OVER () - 1`],
  ['SF_SEQ2()', `row_number() OVER () - 1`],
  ['SF_SEQ4()', `row_number() OVER () - 1`],
  ['SF_SEQ8()', `row_number() OVER () - 1`],
  ['SFX_HASH_VALUE(h)', `CAST(CAST(h AS DECIMAL(38,0)) - 9223372036854775808 AS DECIMAL(38,0))`],
  ['SF_HASH_AGG(x)', `SFX_HASH_VALUE(bit_xor(hash(to_json(x))))`],

  // Dates and times
  ['SF_DAYNAME(d)', `left(dayname(CAST(d AS DATE)), 3)`],
  ['SF_MONTHNAME(d)', `left(monthname(CAST(d AS DATE)), 3)`],
  ['SF_ADD_MONTHS(d, n)', `CAST(CAST(d AS DATE) + to_months(CAST(n AS INTEGER)) AS DATE)`],
  ['SF_MONTHS_BETWEEN(a, b)', `date_diff('month', CAST(b AS TIMESTAMP), CAST(a AS TIMESTAMP)) + 0.0`],
  ['SF_DATE_FROM_PARTS(y, m, d)', `make_date(CAST(y AS BIGINT), CAST(m AS BIGINT), CAST(d AS BIGINT))`],
  ['SF_DATEFROMPARTS(y, m, d)', `SF_DATE_FROM_PARTS(y, m, d)`],
  [
    'SF_TIMESTAMP_FROM_PARTS(y, m, d, h, i, s)',
    `make_timestamp(CAST(y AS BIGINT), CAST(m AS BIGINT), CAST(d AS BIGINT), CAST(h AS BIGINT), CAST(i AS BIGINT), CAST(s AS DOUBLE))`,
  ],
  [
    'SFX_EPOCH_TO_NTZ(n, s)',
    `make_timestamp(CAST(CASE WHEN s <> '0' THEN CAST(n AS DECIMAL(38,0)) * 1000000 // CAST(10 ** CAST(s AS INTEGER) AS DECIMAL(38,0)) WHEN abs(n) < 31536000000 THEN CAST(n AS BIGINT) * 1000000 WHEN abs(n) < 31536000000000 THEN CAST(n AS BIGINT) * 1000 WHEN abs(n) < 31536000000000000 THEN CAST(n AS BIGINT) ELSE CAST(n AS BIGINT) // 1000 END AS BIGINT))`,
  ],
  [
    'SF_CONVERT_TIMEZONE(z, t)~(f, z, t)',
    `timezone(z, CAST(t AS TIMESTAMPTZ))~timezone(z, timezone(f, CAST(t AS TIMESTAMP)))`,
  ],
  ['SF_TIME_SLICE(d, n, p)', `time_bucket(CAST(n || ' ' || p AS INTERVAL), CAST(d AS TIMESTAMP))`],
  [
    'SFX_TZ(e, n, o)',
    `CASE WHEN e IS NOT NULL THEN struct_pack(epoch := CAST(e AS BIGINT), nanos := CAST(n AS INTEGER), offset_minutes := CAST(o AS SMALLINT)) END`,
  ],
  ['SFX_TZ_LOCAL(z)', `make_timestamp(z.epoch * 1000000 + z.nanos // 1000 + z.offset_minutes * 60000000)`],
  ['SFX_TZ_INSTANT(z)', `to_timestamp(z.epoch + z.nanos / 1000000000)`],
  [
    'SFX_TEXT_OFFSET(t)',
    `regexp_extract(t, '(?:[T ]\\d{1,2}:\\d\\d(?::\\d\\d)?(?:\\.\\d+)?) ?(Z|[+-]\\d\\d(?::?\\d\\d)?)$', 1)`,
  ],
  [
    'SFX_OFFSET_MINUTES(o)',
    `CASE WHEN o = 'Z' THEN 0 ELSE CASE WHEN o LIKE '-%' THEN -1 ELSE 1 END * (CAST(substring(o, 2, 2) AS INTEGER) * 60 + COALESCE(TRY_CAST(right(replace(substring(o, 4), ':', ''), 2) AS INTEGER), 0)) END`,
  ],
  ['SFX_TEXT_LOCAL(t)', `regexp_replace(t, ' ?(?:Z|[+-]\\d\\d(?::?\\d\\d)?)$', '')`],
  [
    'SFX_TEXT_NANOS(t)',
    `CAST(rpad(COALESCE(NULLIF(regexp_extract(t, '\\.(\\d{1,9})', 1), ''), '0'), 9, '0') AS INTEGER)`,
  ],
  ['SFX_TZ_FROM_LOCAL(l, o, n)', `SFX_TZ(CAST(floor(epoch(l)) AS BIGINT) - o * 60, n, o)`],
  [
    'SFX_TEXT_TO_TZ(t)',
    `CASE
    WHEN t IS NULL THEN NULL
    WHEN SFX_TEXT_OFFSET(t) <> '' THEN SFX_TZ_FROM_LOCAL(CAST(SFX_TEXT_LOCAL(t) AS TIMESTAMP), SFX_OFFSET_MINUTES(SFX_TEXT_OFFSET(t)), SFX_TEXT_NANOS(t))
    ELSE SFX_TZ_FROM_LOCAL(CAST(t AS TIMESTAMP), CAST((epoch(CAST(t AS TIMESTAMP)) - epoch(CAST(t AS TIMESTAMPTZ))) // 60 AS INTEGER), SFX_TEXT_NANOS(t)) END`,
  ],

  // Binds: ms and ns since the epoch as text
  ['SFX_BIND_DATE(t)', `DATE '1970-01-01' + CAST(CAST(t AS BIGINT) // 86400000 AS INTEGER)`],
  ['SFX_BIND_NTZ(t)', `make_timestamp(CAST(CAST(t AS DECIMAL(38,0)) // 1000 AS BIGINT))`],
  ['SFX_BIND_TIME(t)', `CAST(SFX_BIND_NTZ(t) AS TIME)`],
  ['SFX_BIND_LTZ(t)', `to_timestamp(CAST(t AS DECIMAL(38,0)) / 1000000000)`],
  [
    'SFX_BIND_TZ(t)',
    `SFX_TZ(CAST(split_part(t, ' ', 1) AS DECIMAL(38,0)) // 1000000000, CAST(split_part(t, ' ', 1) AS DECIMAL(38,0)) % 1000000000, CAST(split_part(t, ' ', 2) AS INTEGER) - 1440)`,
  ],

  // Cells of former results, back from their text (driver-protocol.md#json-cells)
  ['SFX_CELL_DATE(t)', `DATE '1970-01-01' + CAST(t AS INTEGER)`],
  ['SFX_CELL_NTZ(t)', `make_timestamp(CAST(CAST(t AS DECIMAL(38,9)) * 1000000 AS BIGINT))`],
  ['SFX_CELL_TIME(t)', `CAST(SFX_CELL_NTZ(t) AS TIME)`],
  ['SFX_CELL_LTZ(t)', `to_timestamp(CAST(t AS DECIMAL(38,9)))`],
  [
    'SFX_CELL_TZ(t)',
    `SFX_TZ(floor(CAST(split_part(t, ' ', 1) AS DECIMAL(38,9))), (CAST(split_part(t, ' ', 1) AS DECIMAL(38,9)) - floor(CAST(split_part(t, ' ', 1) AS DECIMAL(38,9)))) * 1000000000, CAST(split_part(t, ' ', 2) AS INTEGER) - 1440)`,
  ],

  // Types of one field
  ['SF_TO_GEOGRAPHY(t)', `CASE WHEN t IS NOT NULL THEN struct_pack(geography := js_geojson(t)) END`],
  ['SF_TO_GEOMETRY(t)', `CASE WHEN t IS NOT NULL THEN struct_pack(geometry := js_geojson(t)) END`],
  [
    'SF_ST_ASGEOJSON(g)',
    `CAST(COALESCE(json_extract_string(to_json(g), '$.geography'), json_extract_string(to_json(g), '$.geometry')) AS JSON)`,
  ],
  ['SFX_TO_DECFLOAT(t)', `CASE WHEN t IS NOT NULL THEN struct_pack(decfloat := js_decfloat(t)) END`],
  ['SFX_TO_YEAR_MONTH(t)', `CASE WHEN t IS NOT NULL THEN struct_pack(interval_year_month := t) END`],
  [
    'SFX_SYSTEM_TYPEOF(t)',
    `CASE WHEN t IN ('INTEGER', 'BIGINT', 'HUGEINT', 'TINYINT', 'SMALLINT') THEN 'NUMBER(38,0)[SB16]' WHEN t LIKE 'DECIMAL%' THEN replace(t, 'DECIMAL', 'NUMBER') || '[SB16]' WHEN t = 'VARCHAR' THEN 'VARCHAR(16777216)[LOB]' WHEN t = 'DOUBLE' THEN 'FLOAT[DOUBLE]' WHEN t = 'JSON' THEN 'VARIANT[LOB]' WHEN t = 'JSON[]' THEN 'ARRAY[LOB]' WHEN t LIKE 'MAP%' THEN 'OBJECT[LOB]' WHEN t = 'BOOLEAN' THEN 'BOOLEAN[SB1]' WHEN t = 'DATE' THEN 'DATE[SB4]' WHEN t LIKE 'STRUCT(epoch%' THEN 'TIMESTAMP_TZ(9)[SB16]' WHEN t = 'TIMESTAMP WITH TIME ZONE' THEN 'TIMESTAMP_LTZ(9)[SB16]' WHEN t LIKE 'TIMESTAMP%' THEN 'TIMESTAMP_NTZ(9)[SB16]' ELSE t END`,
  ],
]

const MACROS = [...OWN_MACROS, ...SCALAR_MACROS]

/** `CREATE MACRO`s; overloads of one name stand side by side, parted by `~` in signature and body. */
export function macroStatements(): string[] {
  return MACROS.map(([signature, body]) => {
    const name = signature.slice(0, signature.indexOf('('))
    const parameters = signature.slice(name.length).split('~')
    const bodies = parameters.length === 1 ? [body] : body.split('~')
    return `CREATE MACRO ${name} ${parameters.map((list, i) => `${list} AS (${bodies[i]})`).join(', ')}`
  })
}

/** Snowflake's own functions among them; `SFX_` stands before those which are the emulator's tools. */
export const MACRO_NAMES: readonly string[] = MACROS.map(([signature]) =>
  signature.slice(0, signature.indexOf('(')),
).filter((name) => name.startsWith('SF_'))

/** How many arguments each takes: one number for each overload. */
export const MACRO_ARITIES: ReadonlyMap<string, readonly number[]> = new Map(
  MACROS.filter(([signature]) => signature.startsWith('SF_')).map(([signature]) => {
    const [name = '', ...rest] = signature.split('(')
    const lists = rest.map((list) =>
      list
        .replace(/\).*$/, '')
        .split(',')
        .filter((parameter) => parameter.trim() !== ''),
    )
    return [name.slice(3), lists.map((list) => list.length)]
  }),
)
