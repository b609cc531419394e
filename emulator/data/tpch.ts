/**
 * TPC-H's eight tables in the proportions and with the value domains of its specification (revision 3, §4.2), made by
 * DuckDB from hashes: the same for the same seed. Not dbgen's rows, which no query of the benchmark asks for.
 */
export interface TpchTable {
  readonly name: string
  /** Snowflake SQL of the columns, as SNOWFLAKE_SAMPLE_DATA declares them. */
  readonly columns: string
  /** DuckDB SQL that gives the rows. */
  readonly rows: string
}

const REGIONS = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST']

const NATIONS: readonly (readonly [string, number])[] = [
  ['ALGERIA', 0],
  ['ARGENTINA', 1],
  ['BRAZIL', 1],
  ['CANADA', 1],
  ['EGYPT', 4],
  ['ETHIOPIA', 0],
  ['FRANCE', 3],
  ['GERMANY', 3],
  ['INDIA', 2],
  ['INDONESIA', 2],
  ['IRAN', 4],
  ['IRAQ', 4],
  ['JAPAN', 2],
  ['JORDAN', 4],
  ['KENYA', 0],
  ['MOROCCO', 0],
  ['MOZAMBIQUE', 0],
  ['PERU', 1],
  ['CHINA', 2],
  ['ROMANIA', 3],
  ['SAUDI ARABIA', 4],
  ['VIETNAM', 2],
  ['RUSSIA', 3],
  ['UNITED KINGDOM', 3],
  ['UNITED STATES', 1],
]

const COLORS =
  'almond antique aquamarine azure beige bisque black blanched blue blush brown burlywood chartreuse chiffon chocolate coral cornflower cream cyan dark deep dim dodger drab firebrick floral forest frosted gainsboro ghost goldenrod green grey honeydew hot indian ivory khaki lace lavender'
const WORDS =
  'furiously quickly special pending regular express ironic final bold silent even requests deposits packages accounts foxes ideas theodolites Customer Complaints pinto beans'

export function tpchTables(seed: number, scale: number): TpchTable[] {
  const count = (base: number) => Math.max(1, Math.round(base * scale))
  const suppliers = Math.max(4, count(10_000))
  const parts = count(200_000)
  const customers = Math.max(3, count(150_000))
  const orders = customers * 10
  // A number from 0 up to the bound, by what it is for and which row.
  const dice = (what: string, row: string, bound: number | string) =>
    `CAST(hash('${seed}/${what}', ${row}) % ${bound} AS BIGINT)`
  const one = (words: string, what: string, row: string) => {
    const list = words.split(words.includes('|') ? '|' : ' ')
    return `[${list.map((word) => `'${word}'`).join(', ')}][${dice(what, row, list.length)} + 1]`
  }
  const money = (what: string, row: string, low: number, high: number) =>
    `CAST((${low} + ${dice(what, row, high - low)}) / 100.0 AS DECIMAL(12,2))`
  const comment = (what: string, row: string) =>
    `${one(WORDS, `${what}1`, row)} || ' ' || ${one(WORDS, `${what}2`, row)} || ' ' || ${one(WORDS, `${what}3`, row)}`
  const phone = (nation: string, what: string, row: string) =>
    `(10 + ${nation}) || '-' || (100 + ${dice(`${what}a`, row, 900)}) || '-' || (100 + ${dice(`${what}b`, row, 900)}) || '-' || (1000 + ${dice(`${what}c`, row, 9000)})`
  const supplierOf = (part: string, i: string) =>
    `(${part} + ${i} * (${suppliers} // 4 + (${part} - 1) // ${suppliers})) % ${suppliers} + 1`
  const retail = (part: string) =>
    `CAST((90000 + (${part} // 10) % 20001 + 100 * (${part} % 1000)) / 100.0 AS DECIMAL(12,2))`
  const orderDate = (row: string) => `DATE '1992-01-01' + CAST(${dice('o_date', row, 2406)} AS INTEGER)`
  const lines = `SELECT o, l, o * 8 + l AS k, ${dice('l_part', 'o * 8 + l', parts)} + 1 AS p, 1 + ${dice('l_qty', 'o * 8 + l', 50)} AS q, ${dice('l_disc', 'o * 8 + l', 11)} AS d, ${dice('l_tax', 'o * 8 + l', 9)} AS x, ${orderDate('o')} AS od
    FROM (SELECT range + 1 AS o FROM range(${orders})) CROSS JOIN (SELECT range + 1 AS l FROM range(7)) WHERE l <= 1 + ${dice('o_lines', 'o', 7)}`
  const dated = `SELECT *, od + 1 + CAST(${dice('l_ship', 'k', 121)} AS INTEGER) AS sd, od + 30 + CAST(${dice('l_commit', 'k', 61)} AS INTEGER) AS cd FROM (${lines})`
  const received = `SELECT *, sd + 1 + CAST(${dice('l_receipt', 'k', 30)} AS INTEGER) AS rd FROM (${dated})`
  const today = `DATE '1995-06-17'`
  return [
    {
      name: 'REGION',
      columns: 'R_REGIONKEY NUMBER(38,0) NOT NULL, R_NAME VARCHAR(25) NOT NULL, R_COMMENT VARCHAR(152)',
      rows: `VALUES ${REGIONS.map((name, i) => `(${i}, '${name}', 'region ${i}')`).join(', ')}`,
    },
    {
      name: 'NATION',
      columns:
        'N_NATIONKEY NUMBER(38,0) NOT NULL, N_NAME VARCHAR(25) NOT NULL, N_REGIONKEY NUMBER(38,0) NOT NULL, N_COMMENT VARCHAR(152)',
      rows: `VALUES ${NATIONS.map(([name, region], i) => `(${i}, '${name}', ${region}, 'nation ${i}')`).join(', ')}`,
    },
    {
      name: 'SUPPLIER',
      columns:
        'S_SUPPKEY NUMBER(38,0) NOT NULL, S_NAME VARCHAR(25) NOT NULL, S_ADDRESS VARCHAR(40) NOT NULL, S_NATIONKEY NUMBER(38,0) NOT NULL, S_PHONE VARCHAR(15) NOT NULL, S_ACCTBAL NUMBER(12,2) NOT NULL, S_COMMENT VARCHAR(101)',
      rows: `SELECT k, 'Supplier#' || lpad(CAST(k AS VARCHAR), 9, '0'), left(md5('s' || k), 20), n, ${phone('n', 's_phone', 'k')}, ${money('s_bal', 'k', -99_999, 999_999)}, ${comment('s', 'k')}
        FROM (SELECT range + 1 AS k, ${dice('s_nation', 'range', 25)} AS n FROM range(${suppliers}))`,
    },
    {
      name: 'PART',
      columns:
        'P_PARTKEY NUMBER(38,0) NOT NULL, P_NAME VARCHAR(55) NOT NULL, P_MFGR VARCHAR(25) NOT NULL, P_BRAND VARCHAR(10) NOT NULL, P_TYPE VARCHAR(25) NOT NULL, P_SIZE NUMBER(38,0) NOT NULL, P_CONTAINER VARCHAR(10) NOT NULL, P_RETAILPRICE NUMBER(12,2) NOT NULL, P_COMMENT VARCHAR(23)',
      rows: `SELECT k, ${one(COLORS, 'p_n1', 'k')} || ' ' || ${one(COLORS, 'p_n2', 'k')} || ' ' || ${one(COLORS, 'p_n3', 'k')}, 'Manufacturer#' || m, 'Brand#' || m || (1 + ${dice('p_brand', 'k', 5)}),
        ${one('STANDARD SMALL MEDIUM LARGE ECONOMY PROMO', 'p_t1', 'k')} || ' ' || ${one('ANODIZED BURNISHED PLATED POLISHED BRUSHED', 'p_t2', 'k')} || ' ' || ${one('TIN NICKEL BRASS STEEL COPPER', 'p_t3', 'k')},
        1 + ${dice('p_size', 'k', 50)}, ${one('SM LG MED JUMBO WRAP', 'p_c1', 'k')} || ' ' || ${one('CASE BOX BAG JAR PKG PACK CAN DRUM', 'p_c2', 'k')}, ${retail('k')}, ${one(WORDS, 'p_comment', 'k')}
        FROM (SELECT range + 1 AS k, 1 + ${dice('p_mfgr', 'range', 5)} AS m FROM range(${parts}))`,
    },
    {
      name: 'PARTSUPP',
      columns:
        'PS_PARTKEY NUMBER(38,0) NOT NULL, PS_SUPPKEY NUMBER(38,0) NOT NULL, PS_AVAILQTY NUMBER(38,0) NOT NULL, PS_SUPPLYCOST NUMBER(12,2) NOT NULL, PS_COMMENT VARCHAR(199)',
      rows: `SELECT p, ${supplierOf('p', 'i')}, 1 + ${dice('ps_qty', 'p * 4 + i', 9999)}, ${money('ps_cost', 'p * 4 + i', 100, 100_000)}, ${comment('ps', 'p * 4 + i')}
        FROM (SELECT range + 1 AS p FROM range(${parts})) CROSS JOIN (SELECT range AS i FROM range(4))`,
    },
    {
      name: 'CUSTOMER',
      columns:
        'C_CUSTKEY NUMBER(38,0) NOT NULL, C_NAME VARCHAR(25) NOT NULL, C_ADDRESS VARCHAR(40) NOT NULL, C_NATIONKEY NUMBER(38,0) NOT NULL, C_PHONE VARCHAR(15) NOT NULL, C_ACCTBAL NUMBER(12,2) NOT NULL, C_MKTSEGMENT VARCHAR(10), C_COMMENT VARCHAR(117)',
      rows: `SELECT k, 'Customer#' || lpad(CAST(k AS VARCHAR), 9, '0'), left(md5('c' || k), 20), n, ${phone('n', 'c_phone', 'k')}, ${money('c_bal', 'k', -99_999, 999_999)}, ${one('AUTOMOBILE BUILDING FURNITURE MACHINERY HOUSEHOLD', 'c_seg', 'k')}, ${comment('c', 'k')}
        FROM (SELECT range + 1 AS k, ${dice('c_nation', 'range', 25)} AS n FROM range(${customers}))`,
    },
    {
      name: 'LINEITEM',
      columns:
        'L_ORDERKEY NUMBER(38,0) NOT NULL, L_PARTKEY NUMBER(38,0) NOT NULL, L_SUPPKEY NUMBER(38,0) NOT NULL, L_LINENUMBER NUMBER(38,0) NOT NULL, L_QUANTITY NUMBER(12,2) NOT NULL, L_EXTENDEDPRICE NUMBER(12,2) NOT NULL, L_DISCOUNT NUMBER(12,2) NOT NULL, L_TAX NUMBER(12,2) NOT NULL, L_RETURNFLAG VARCHAR(1) NOT NULL, L_LINESTATUS VARCHAR(1) NOT NULL, L_SHIPDATE DATE NOT NULL, L_COMMITDATE DATE NOT NULL, L_RECEIPTDATE DATE NOT NULL, L_SHIPINSTRUCT VARCHAR(25) NOT NULL, L_SHIPMODE VARCHAR(10) NOT NULL, L_COMMENT VARCHAR(44) NOT NULL',
      rows: `SELECT o, p, ${supplierOf('p', dice('l_supp', 'k', 4))}, l, q, q * ${retail('p')}, d / 100.0, x / 100.0, CASE WHEN rd <= ${today} THEN ${one('R A', 'l_flag', 'k')} ELSE 'N' END, CASE WHEN sd > ${today} THEN 'O' ELSE 'F' END, sd, cd, rd,
        ${one('DELIVER IN PERSON|COLLECT COD|NONE|TAKE BACK RETURN', 'l_instruct', 'k')}, ${one('REG AIR|AIR|RAIL|SHIP|TRUCK|MAIL|FOB', 'l_mode', 'k')}, ${one(WORDS, 'l_comment', 'k')} FROM (${received})`,
    },
    {
      name: 'ORDERS',
      columns:
        'O_ORDERKEY NUMBER(38,0) NOT NULL, O_CUSTKEY NUMBER(38,0) NOT NULL, O_ORDERSTATUS VARCHAR(1) NOT NULL, O_TOTALPRICE NUMBER(12,2) NOT NULL, O_ORDERDATE DATE NOT NULL, O_ORDERPRIORITY VARCHAR(15) NOT NULL, O_CLERK VARCHAR(15) NOT NULL, O_SHIPPRIORITY NUMBER(38,0) NOT NULL, O_COMMENT VARCHAR(79) NOT NULL',
      // A third of the customers never order.
      rows: `SELECT o, CASE WHEN c % 3 = 0 THEN c - 1 ELSE c END, status, total, od, ${one('1-URGENT|2-HIGH|3-MEDIUM|4-NOT SPECIFIED|5-LOW', 'o_prio', 'o')}, 'Clerk#' || lpad(CAST(1 + ${dice('o_clerk', 'o', Math.max(1, count(1000)))} AS VARCHAR), 9, '0'), 0, ${comment('o', 'o')}
        FROM (SELECT o, any_value(od) AS od, 1 + ${dice('o_cust', 'o', customers)} AS c, CASE WHEN min(sd) > ${today} THEN 'O' WHEN max(sd) <= ${today} THEN 'F' ELSE 'P' END AS status,
          CAST(sum(q * ${retail('p')} * (100 - d) * (100 + x)) / 10000 AS DECIMAL(12,2)) AS total FROM (${dated}) GROUP BY o)`,
    },
  ]
}
