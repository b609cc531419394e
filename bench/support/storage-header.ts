/** In a request to the stub: where its storage is reached by whoever asks. */
export const STORAGE_HEADER = 'x-bench-storage'
