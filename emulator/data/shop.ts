import { People, type Person, two } from './people.ts'
import { Random } from './random.ts'

export interface ShopColumn {
  readonly name: string
  readonly type: string
  /** What a sensitive value of the column is. */
  readonly entity?: string
}

export interface ShopTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly ShopColumn[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** Sensitive values inside documents and free text, by column. */
  readonly inside?: readonly { readonly column: string; readonly entity: string; readonly values: readonly string[] }[]
}

const CUSTOMERS = 500
const EMPLOYEES = 120
const ORDERS = 2000
const PAYMENTS = 1000
const TICKETS = 250

const PRODUCTS =
  'Ice pick,Snow boots,Crampons,Thermos,Headlamp,Rope 60 m,Down jacket,Goggles,Sledge,Compass,Ski wax,Tent'.split(',')
const STATUSES = ['NEW', 'PAID', 'SHIPPED', 'DELIVERED', 'RETURNED']

/** The tables of the database SHOP, full of invented personal data. */
export function shopTables(seed: number): ShopTable[] {
  const random = new Random(seed)
  const people = new People(random)
  const customers = Array.from({ length: CUSTOMERS }, () => people.invent())
  const employees = Array.from({ length: EMPLOYEES }, () => people.invent())
  return [
    customerTable(customers, random),
    ticketTable(customers, random),
    productTable(random),
    ...orderTables(random),
    employeeTable(employees, random),
    cardTable(customers, random),
    accountTable(customers, random),
    paymentTable(customers, people, random),
  ]
}

function timestamp(random: Random): string {
  const day = `${random.between(2022, 2025)}-${two(random.between(1, 12))}-${two(random.between(1, 28))}`
  return `${day} ${two(random.between(0, 23))}:${two(random.between(0, 59))}:${two(random.between(0, 59))}`
}

function amount(random: Random, highest: number): string {
  return `${random.between(1, highest)}.${two(random.between(0, 99))}`
}

function customerTable(customers: readonly Person[], random: Random): ShopTable {
  const kin = customers.map((_, i) => customers[(i + 1) % customers.length] as Person)
  return {
    schema: 'CRM',
    name: 'CUSTOMERS',
    columns: [
      { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'NAME', type: 'VARCHAR(200)', entity: 'PERSON_NAME' },
      { name: 'EMAIL', type: 'VARCHAR(320)', entity: 'EMAIL' },
      { name: 'PHONE', type: 'VARCHAR(40)', entity: 'PHONE' },
      { name: 'BIRTH_DATE', type: 'DATE' },
      { name: 'STREET', type: 'VARCHAR(200)', entity: 'ADDRESS' },
      { name: 'CITY', type: 'VARCHAR(100)' },
      { name: 'COUNTRY', type: 'VARCHAR(2)' },
      { name: 'PROFILE', type: 'VARIANT' },
      { name: 'CREATED_AT', type: 'TIMESTAMP_NTZ(9)' },
    ],
    rows: customers.map((person, i) => [
      String(i + 1),
      person.name,
      person.email,
      person.phone,
      person.birthDate,
      person.street,
      person.city,
      person.country,
      JSON.stringify({
        language: random.pick(['de', 'en', 'nl', 'fr']),
        contact: { email: person.email, phones: [person.phone] },
        emergency: { name: kin[i]?.name, phone: kin[i]?.phone },
        newsletter: random.next() < 0.5,
        points: random.between(0, 5000),
      }),
      timestamp(random),
    ]),
    inside: [
      { column: 'PROFILE', entity: 'EMAIL', values: customers.map((person) => person.email) },
      { column: 'PROFILE', entity: 'PHONE', values: customers.map((person) => person.phone) },
      { column: 'PROFILE', entity: 'PERSON_NAME', values: kin.map((person) => person.name) },
    ],
  }
}

function ticketTable(customers: readonly Person[], random: Random): ShopTable {
  const authors = Array.from({ length: TICKETS }, () => random.between(1, customers.length))
  const emails = authors.map((id) => (customers[id - 1] as Person).email)
  return {
    schema: 'CRM',
    name: 'SUPPORT_TICKETS',
    columns: [
      { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'CUSTOMER_ID', type: 'NUMBER(38,0)' },
      { name: 'SUBJECT', type: 'VARCHAR(200)' },
      { name: 'MESSAGE', type: 'VARCHAR' },
      { name: 'OPENED_AT', type: 'TIMESTAMP_LTZ(9)' },
    ],
    rows: authors.map((id, i) => [
      String(i + 1),
      String(id),
      random.pick(['Late parcel', 'Wrong size', 'Refund', 'Invoice', 'Broken zip']),
      `Hello, please answer to ${emails[i]} before ${two(random.between(8, 18))}:00. Thank you!`,
      timestamp(random),
    ]),
    inside: [{ column: 'MESSAGE', entity: 'EMAIL', values: [...new Set(emails)] }],
  }
}

function productTable(random: Random): ShopTable {
  return {
    schema: 'SALES',
    name: 'PRODUCTS',
    columns: [
      { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'NAME', type: 'VARCHAR(100)' },
      { name: 'PRICE', type: 'NUMBER(12,2)' },
      { name: 'WEIGHT_KG', type: 'FLOAT' },
      { name: 'IN_STOCK', type: 'BOOLEAN' },
    ],
    rows: PRODUCTS.map((name, i) => [
      String(i + 1),
      name,
      amount(random, 400),
      String(random.between(1, 80) / 8),
      String(random.next() < 0.8),
    ]),
  }
}

function orderTables(random: Random): ShopTable[] {
  const items: (string | null)[][] = []
  const orders = Array.from({ length: ORDERS }, (_, i) => {
    const lines = random.between(1, 3)
    for (let line = 1; line <= lines; line++) {
      items.push([
        String(i + 1),
        String(line),
        String(random.between(1, PRODUCTS.length)),
        String(random.between(1, 5)),
        amount(random, 400),
      ])
    }
    return [
      String(i + 1),
      String(random.between(1, CUSTOMERS)),
      random.pick(STATUSES),
      amount(random, 2000),
      timestamp(random).slice(0, 10),
    ]
  })
  return [
    {
      schema: 'SALES',
      name: 'ORDERS',
      columns: [
        { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
        { name: 'CUSTOMER_ID', type: 'NUMBER(38,0)' },
        { name: 'STATUS', type: 'VARCHAR(20)' },
        { name: 'AMOUNT', type: 'NUMBER(12,2)' },
        { name: 'ORDER_DATE', type: 'DATE' },
      ],
      rows: orders,
    },
    {
      schema: 'SALES',
      name: 'ORDER_ITEMS',
      columns: [
        { name: 'ORDER_ID', type: 'NUMBER(38,0) NOT NULL' },
        { name: 'LINE', type: 'NUMBER(4,0) NOT NULL' },
        { name: 'PRODUCT_ID', type: 'NUMBER(38,0)' },
        { name: 'QUANTITY', type: 'NUMBER(6,0)' },
        { name: 'PRICE', type: 'NUMBER(12,2)' },
      ],
      rows: items,
    },
  ]
}

function employeeTable(employees: readonly Person[], random: Random): ShopTable {
  return {
    schema: 'HR',
    name: 'EMPLOYEES',
    columns: [
      { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'NAME', type: 'VARCHAR(200)', entity: 'PERSON_NAME' },
      { name: 'EMAIL', type: 'VARCHAR(320)', entity: 'EMAIL' },
      { name: 'SSN', type: 'VARCHAR(11)', entity: 'SSN' },
      { name: 'IBAN', type: 'VARCHAR(34)', entity: 'IBAN' },
      { name: 'SALARY', type: 'NUMBER(12,2)' },
      { name: 'DEPARTMENT', type: 'VARCHAR(40)' },
      { name: 'MANAGER_ID', type: 'NUMBER(38,0)' },
      { name: 'HIRED_ON', type: 'DATE' },
    ],
    rows: employees.map((person, i) => [
      String(i + 1),
      person.name,
      person.email,
      person.ssn,
      person.iban,
      amount(random, 150_000),
      random.pick(['Sales', 'Support', 'Engineering', 'Finance']),
      i === 0 ? null : String(random.between(1, i)),
      timestamp(random).slice(0, 10),
    ]),
  }
}

function cardTable(customers: readonly Person[], random: Random): ShopTable {
  return {
    schema: 'PAYMENTS',
    name: 'CARDS',
    columns: [
      { name: 'CUSTOMER_ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'CARD_NUMBER', type: 'VARCHAR(19)', entity: 'CARD' },
      { name: 'HOLDER', type: 'VARCHAR(200)', entity: 'PERSON_NAME' },
      { name: 'EXPIRES', type: 'DATE' },
    ],
    rows: customers.map((person, i) => [
      String(i + 1),
      person.card,
      person.name,
      `${random.between(2026, 2031)}-${two(random.between(1, 12))}-01`,
    ]),
  }
}

function accountTable(customers: readonly Person[], random: Random): ShopTable {
  return {
    schema: 'PAYMENTS',
    name: 'ACCOUNTS',
    columns: [
      { name: 'CUSTOMER_ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'IBAN', type: 'VARCHAR(34)', entity: 'IBAN' },
      { name: 'BALANCE', type: 'NUMBER(14,2)' },
    ],
    rows: customers.map((person, i) => [String(i + 1), person.iban, amount(random, 90_000)]),
  }
}

/** Payments by people who are in no other table: their cards stand in the documents alone. */
function paymentTable(customers: readonly Person[], people: People, random: Random): ShopTable {
  const guests = Array.from({ length: PAYMENTS }, () => people.invent())
  return {
    schema: 'PAYMENTS',
    name: 'PAYMENTS',
    columns: [
      { name: 'ID', type: 'NUMBER(38,0) NOT NULL' },
      { name: 'CUSTOMER_ID', type: 'NUMBER(38,0)' },
      { name: 'AMOUNT', type: 'NUMBER(12,2)' },
      { name: 'DETAILS', type: 'VARIANT' },
      { name: 'PAID_AT', type: 'TIMESTAMP_TZ(9)' },
    ],
    rows: guests.map((guest, i) => [
      String(i + 1),
      String(random.between(1, customers.length)),
      amount(random, 900),
      JSON.stringify({
        method: 'card',
        card: { number: guest.card, last4: guest.card.slice(-4) },
        receipts: [{ to: guest.email }],
        approved: true,
      }),
      `${timestamp(random)} +0${random.between(0, 2)}:00`,
    ]),
    inside: [
      { column: 'DETAILS', entity: 'CARD', values: guests.map((guest) => guest.card) },
      { column: 'DETAILS', entity: 'EMAIL', values: guests.map((guest) => guest.email) },
    ],
  }
}

/** Views over them: one renames, one reads another view, one reads a document, one joins schemas. */
export const SHOP_VIEWS: readonly string[] = [
  'CREATE VIEW SHOP.CRM.CUSTOMER_CONTACTS (CUSTOMER_NO, CONTACT, CALL_NUMBER) AS SELECT ID, EMAIL, PHONE FROM SHOP.CRM.CUSTOMERS',
  "CREATE VIEW SHOP.CRM.CONTACT_LIST AS SELECT CUSTOMER_NO AS NO, LOWER(CONTACT) || '' AS ADDRESS FROM SHOP.CRM.CUSTOMER_CONTACTS WHERE CUSTOMER_NO > 0",
  'CREATE VIEW SHOP.CRM.EMERGENCY_CONTACTS AS SELECT ID, PROFILE:emergency.name::VARCHAR AS NAME, PROFILE:emergency.phone::VARCHAR AS PHONE FROM SHOP.CRM.CUSTOMERS',
  'CREATE VIEW SHOP.PAYMENTS.CARD_HOLDERS AS SELECT c.ID, c.NAME, k.CARD_NUMBER, a.IBAN FROM SHOP.CRM.CUSTOMERS c JOIN SHOP.PAYMENTS.CARDS k ON k.CUSTOMER_ID = c.ID JOIN SHOP.PAYMENTS.ACCOUNTS a ON a.CUSTOMER_ID = c.ID',
  'CREATE VIEW SHOP.SALES.REVENUE_BY_COUNTRY AS SELECT c.COUNTRY, COUNT(*) AS ORDERS, SUM(o.AMOUNT) AS REVENUE FROM SHOP.SALES.ORDERS o JOIN SHOP.CRM.CUSTOMERS c ON c.ID = o.CUSTOMER_ID GROUP BY c.COUNTRY',
]
