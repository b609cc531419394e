/**
 * Where the drivers differ, or do what nobody expects, and the scenarios that fail when Icecore falls into it. What a
 * driver was seen to do is in docs/reference/driver-protocol.md.
 */
interface Trap {
  readonly trap: string
  readonly scenarios: readonly string[]
}

export const TRAPS: readonly Trap[] = [
  { trap: 'Each driver takes a private authority in another place', scenarios: ['tls', 'tls_stranger'] },
  {
    trap: 'WORKLOAD_IDENTITY goes to no host that an environment variable does not name (Node, Python, JDBC)',
    scenarios: ['log_in_workload', 'workload_unnamed_host'],
  },
  {
    trap: 'At log-in Go asks twice on 390318, Python 4 and JDBC on 390195, and Python 5 puts a text of its own for 390114',
    scenarios: ['refused_log_in', 'refused_expired', 'refused_access'],
  },
  {
    trap: 'A text stands before the message (Python, ADBC) or behind its last line (Python 5)',
    scenarios: ['denial', 'put_refused'],
  },
  {
    trap: 'HTTP error statuses are retried, some for ever: a decision is an answer',
    scenarios: ['denial', 'sql_error', 'put_refused', 'get_refused'],
  },
  {
    trap: 'Python 5 sleeps up to 16 s between polls: its answer is in the first response',
    scenarios: ['first_answer', 'polled'],
  },
  { trap: 'Python 5 asks `/monitoring/queries//<id>`, with two slashes', scenarios: ['status'] },
  {
    trap: 'A driver gives up on one response after 60 to 300 s, and sends the request again',
    scenarios: ['polled', 'first_answer'],
  },
  {
    trap: 'Ctrl-C aborts with Python 4, and is swallowed by Python 5; others have a call, a context or a time-out',
    scenarios: ['cancel_interrupt', 'cancel_call', 'cancel_timeout'],
  },
  {
    trap: 'A session token expires in the middle of a query or between two polls (390112)',
    scenarios: ['renewal', 'renewal_mid_query'],
  },
  {
    trap: 'A request comes again with the same request id, and `request_guid` says nothing (Node, Python 5, Go)',
    scenarios: ['lost_request', 'lost_answer', 'gateway_503', 'lost_poll'],
  },
  { trap: 'Python 5 gives up after six attempts, about ten seconds', scenarios: ['restart', 'gateway_503'] },
  {
    trap: 'A chunk that ends early but cleanly is silently fewer rows (Python 5, Go, Node)',
    scenarios: ['chunk_short', 'chunk_row_count', 'chunk_cut_gzip', 'chunk_lost'],
  },
  { trap: 'A chunk cut in the middle fails the query of Python 5', scenarios: ['chunk_broken'] },
  { trap: 'JSON in place of Arrow changes Go’s types and breaks ADBC', scenarios: ['types', 'types_json'] },
  { trap: 'Without BINARY_OUTPUT_FORMAT Node ends the process at a BINARY cell', scenarios: ['types', 'types_json'] },
  {
    trap: 'Without CLIENT_RESULT_CHUNK_SIZE JDBC fails on chunks',
    scenarios: ['million_rows', 'chunk_broken'],
  },
  {
    trap: 'Large array binds go to a stage, unless a parameter says otherwise; 0 forces it with Node',
    scenarios: ['many_binds', 'array_binds'],
  },
  { trap: 'PUT and GET would carry credentials of a stage', scenarios: ['put_refused', 'get_refused'] },
]
