export async function loadDataSet(_sink: unknown, _options: unknown): Promise<void> {}
