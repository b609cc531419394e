import type { DuckDBConnection } from '@duckdb/node-api'

/**
 * Interrupts a connection once the signal says so, and again until the statement has ended: DuckDB forgets an interrupt
 * that comes between two of its steps. Gives the function that ends the watch.
 */
export function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    timer = setInterval(() => connection.interrupt(), 20)
  }
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt)
  return () => {
    signal.removeEventListener('abort', interrupt)
    clearInterval(timer)
  }
}
