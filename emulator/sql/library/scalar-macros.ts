/** Functions of numbers, bits, text, dates, lists and digests which DuckDB has under another name, or not at all. */
export const SCALAR_MACROS: readonly (readonly [signature: string, body: string])[] = [
  // Bits and numbers
  ['SF_BITAND(a, b)', 'CAST(a AS BIGINT) & CAST(b AS BIGINT)'],
  ['SF_BITOR(a, b)', 'CAST(a AS BIGINT) | CAST(b AS BIGINT)'],
  ['SF_BITXOR(a, b)', 'xor(CAST(a AS BIGINT), CAST(b AS BIGINT))'],
  ['SF_BITNOT(a)', '~CAST(a AS BIGINT)'],
  ['SF_BITSHIFTLEFT(a, n)', 'CAST(a AS BIGINT) << CAST(n AS BIGINT)'],
  ['SF_BITSHIFTRIGHT(a, n)', 'CAST(a AS BIGINT) >> CAST(n AS BIGINT)'],
  ['SF_BOOLXOR(a, b)', '(a <> 0) <> (b <> 0)'],
  ['SF_BOOLNOT(a)', 'a = 0'],
  [
    'SF_WIDTH_BUCKET(x, l, h, n)',
    'CASE WHEN x < l THEN 0 WHEN x >= h THEN n + 1 ELSE CAST(floor((x - l) / CAST(h - l AS DOUBLE) * n) AS BIGINT) + 1 END',
  ],
  [
    'SF_HAVERSINE(a, b, c, d)',
    '2 * 6371 * asin(sqrt(power(sin(radians(c - a) / 2), 2) + cos(radians(a)) * cos(radians(c)) * power(sin(radians(d - b) / 2), 2)))',
  ],
  ['SF_BITAND_AGG(x)', 'bit_and(CAST(x AS BIGINT))'],
  ['SF_BITOR_AGG(x)', 'bit_or(CAST(x AS BIGINT))'],
  ['SF_BITXOR_AGG(x)', 'bit_xor(CAST(x AS BIGINT))'],
  ['SF_BOOLXOR_AGG(x)', 'count_if(x) = 1'],
  ['SF_VARIANCE_POP(x)', 'var_pop(x)'],
  ['SF_VARIANCE_SAMP(x)', 'var_samp(x)'],
  ['SF_APPROX_PERCENTILE(x, p)', 'approx_quantile(CAST(x AS DOUBLE), p)'],
  ['SF_HLL(x)', 'approx_count_distinct(x)'],

  // Text
  ['SF_SPACE(n)', `repeat(' ', CAST(n AS BIGINT))`],
  ['SF_MID(s, f)~(s, f, n)', 'SF_SUBSTR(s, f)~SF_SUBSTR(s, f, n)'],
  ['SF_EDITDISTANCE(a, b)', 'levenshtein(a, b)'],
  ['SF_JAROWINKLER_SIMILARITY(a, b)', 'CAST(jaro_winkler_similarity(lower(a), lower(b)) * 100 AS INTEGER)'],
  ['SF_OCTET_LENGTH(s)', 'octet_length(encode(SF_TO_VARCHAR(s)))'],
  [
    'SF_REGEXP_SUBSTR(s, p)~(s, p, f)~(s, p, f, n)~(s, p, f, n, o)~(s, p, f, n, o, g)',
    [
      `NULLIF(regexp_extract(s, p), '')`,
      `NULLIF(regexp_extract(substring(s, CAST(f AS BIGINT)), p), '')`,
      'regexp_extract_all(substring(s, CAST(f AS BIGINT)), p)[n]',
      `regexp_extract_all(substring(s, CAST(f AS BIGINT)), CASE WHEN contains(o, 'i') THEN '(?i)' ELSE '' END || p, CASE WHEN contains(o, 'e') THEN 1 ELSE 0 END)[n]`,
      `regexp_extract_all(substring(s, CAST(f AS BIGINT)), CASE WHEN contains(o, 'i') THEN '(?i)' ELSE '' END || p, CAST(g AS INTEGER))[n]`,
    ].join('~'),
  ],
  ['SF_REGEXP_SUBSTR_ALL(s, p)', 'SFX_JSON_LIST(regexp_extract_all(s, p))'],
  ['SF_REGEXP_INSTR(s, p)', `CASE WHEN regexp_matches(s, p) THEN strpos(s, regexp_extract(s, p)) ELSE 0 END`],
  [
    'SF_REGEXP_REPLACE(s, p)~(s, p, r)~(s, p, r, f)~(s, p, r, f, n)~(s, p, r, f, n, o)',
    [
      `regexp_replace(s, p, '', 'g')`,
      `regexp_replace(s, p, r, 'g')`,
      `left(s, CAST(f AS BIGINT) - 1) || regexp_replace(substring(s, CAST(f AS BIGINT)), p, r, 'g')`,
      `left(s, CAST(f AS BIGINT) - 1) || CASE WHEN n = 0 THEN regexp_replace(substring(s, CAST(f AS BIGINT)), p, r, 'g') ELSE regexp_replace(substring(s, CAST(f AS BIGINT)), p, r) END`,
      `left(s, CAST(f AS BIGINT) - 1) || CASE WHEN n = 0 THEN regexp_replace(substring(s, CAST(f AS BIGINT)), CASE WHEN contains(o, 'i') THEN '(?i)' ELSE '' END || p, r, 'g') ELSE regexp_replace(substring(s, CAST(f AS BIGINT)), CASE WHEN contains(o, 'i') THEN '(?i)' ELSE '' END || p, r) END`,
    ].join('~'),
  ],
  [
    'SF_RLIKE(s, p)~(s, p, o)',
    `regexp_full_match(SF_TO_VARCHAR(s), p)~regexp_full_match(SF_TO_VARCHAR(s), CASE WHEN contains(o, 'i') THEN '(?i)' ELSE '' END || p)`,
  ],
  ['SFX_NUMBER_TEXT(x, f)', `js_number_text(CAST(x AS VARCHAR) || chr(0) || f)`],
  ['SFX_TEXT_NUMBER(t, f)', `js_text_number(SF_TO_VARCHAR(t) || chr(0) || f)`],

  ['SF_REGEXP_LIKE(s, p)~(s, p, o)', 'SF_RLIKE(s, p)~SF_RLIKE(s, p, o)'],
  ['SF_CHAR(n)', 'chr(CAST(n AS INTEGER))'],
  [
    'SFX_TRY_BOOLEAN(t)',
    `CASE WHEN lower(t) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE WHEN lower(t) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE END`,
  ],
  [
    'SFX_BOOLEAN(t)',
    `CASE WHEN t IS NOT NULL AND SFX_TRY_BOOLEAN(t) IS NULL THEN SFX_FAIL('100037 22018', 'Boolean value ''' || t || ''' is not recognized') ELSE SFX_TRY_BOOLEAN(t) END`,
  ],

  // Digests and encodings
  ['SF_MD5_BINARY(x)', 'unhex(md5(x))'],
  ['SF_SHA1(x)', 'sha1(x)'],
  ['SF_SHA1_HEX(x)', 'sha1(x)'],
  ['SF_SHA1_BINARY(x)', 'unhex(sha1(x))'],
  ['SF_SHA2_BINARY(x)', 'unhex(sha256(x))'],
  ['SF_TRY_TO_BINARY(x)', 'TRY(unhex(x))'],
  ['SF_TRY_BASE64_DECODE_STRING(x)', 'TRY(decode(from_base64(x)))'],
  ['SF_TRY_HEX_DECODE_STRING(x)', 'TRY(decode(unhex(x)))'],

  // Dates
  ['SFX_WEEKDAY(w)', `list_position(['mo', 'tu', 'we', 'th', 'fr', 'sa', 'su'], lower(left(w, 2)))`],
  [
    'SF_NEXT_DAY(d, w)',
    'CAST(CAST(d AS DATE) + CAST((SFX_WEEKDAY(w) - isodow(CAST(d AS DATE)) + 6) % 7 + 1 AS INTEGER) AS DATE)',
  ],
  [
    'SF_PREVIOUS_DAY(d, w)',
    'CAST(CAST(d AS DATE) - CAST((isodow(CAST(d AS DATE)) - SFX_WEEKDAY(w) + 6) % 7 + 1 AS INTEGER) AS DATE)',
  ],
  [
    'SF_LAST_DAY(d)~(d, p)',
    `last_day(CAST(d AS DATE))~CAST(date_trunc(lower(p), CAST(d AS DATE)) + CAST('1 ' || p AS INTERVAL) - INTERVAL '1 day' AS DATE)`,
  ],
  ['SF_WEEKISO(d)', 'week(CAST(d AS TIMESTAMP))'],
  ['SF_WEEKOFYEAR(d)', 'week(CAST(d AS TIMESTAMP))'],
  ['SF_DAYOFWEEKISO(d)', 'isodow(CAST(d AS TIMESTAMP))'],
  ['SF_YEAROFWEEK(d)', 'isoyear(CAST(d AS TIMESTAMP))'],
  ['SF_YEAROFWEEKISO(d)', 'isoyear(CAST(d AS TIMESTAMP))'],
  ['SF_TIME_FROM_PARTS(h, m, s)', 'make_time(CAST(h AS BIGINT), CAST(m AS BIGINT), CAST(s AS DOUBLE))'],
  ['SF_TIMEFROMPARTS(h, m, s)', 'SF_TIME_FROM_PARTS(h, m, s)'],
  ['SF_TIMESTAMP_NTZ_FROM_PARTS(y, m, d, h, i, s)', 'SF_TIMESTAMP_FROM_PARTS(y, m, d, h, i, s)'],

  // Lists and documents
  ['SF_ARRAY_INSERT(a, p, v)', 'list_concat(list_concat(SFX_LIST(a)[1:p], [to_json(v)]), SFX_LIST(a)[p + 1:])'],
  ['SF_ARRAY_EXCEPT(a, b)', 'list_filter(SFX_LIST(a), lambda e: NOT list_contains(SFX_LIST(b), e))'],
  ['SF_ARRAY_REMOVE(a, v)', 'list_filter(SFX_LIST(a), lambda e: e <> to_json(v))'],
  ['SF_ARRAY_REVERSE(a)', 'list_reverse(SFX_LIST(a))'],
  ['SF_ARRAY_FLATTEN(a)', 'flatten(list_transform(SFX_LIST(a), lambda e: CAST(e AS JSON[])))'],
  [
    'SF_ARRAY_GENERATE_RANGE(a, b)~(a, b, s)',
    'SFX_JSON_LIST(range(CAST(a AS BIGINT), CAST(b AS BIGINT)))~SFX_JSON_LIST(range(CAST(a AS BIGINT), CAST(b AS BIGINT), CAST(s AS BIGINT)))',
  ],
  [
    'SF_ARRAYS_TO_OBJECT(k, v)',
    `map_from_entries(list_transform(list_zip(SFX_LIST(k), SFX_LIST(v)), lambda e: struct_pack(k := e[1]->>'$', v := e[2])))`,
  ],
  ['SF_AS_ARRAY(x)', 'CASE WHEN SF_IS_ARRAY(x) THEN SFX_LIST(x) END'],
  ['SF_AS_OBJECT(x)', 'CASE WHEN SF_IS_OBJECT(x) THEN SFX_MAP(x) END'],
  ['SF_AS_CHAR(x)', 'SF_AS_VARCHAR(x)'],
  ['SF_AS_BOOLEAN(x)', 'CASE WHEN SF_IS_BOOLEAN(x) THEN CAST(to_json(x) AS BOOLEAN) END'],
  ['SF_AS_DOUBLE(x)', 'CASE WHEN SF_IS_DECIMAL(x) THEN CAST(to_json(x) AS DOUBLE) END'],
  ['SF_AS_REAL(x)', 'SF_AS_DOUBLE(x)'],
  ['SF_IS_DOUBLE(x)', 'SF_IS_DECIMAL(x)'],
  ['SF_IS_REAL(x)', 'SF_IS_DECIMAL(x)'],
  ['SF_JSON_EXTRACT_PATH_TEXT(j, p)', `SF_GET_PATH(SF_PARSE_JSON(j), p)->>'$'`],
]
