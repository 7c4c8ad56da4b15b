/** Reads at the same time: enough to hide the way to the table, few enough not to queue in the client. */
const ABREAST = 24;

/** Does something for each, some at a time, and answers in their order. */
export const abreast = async <T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> => {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(ABREAST, items.length) }, worker));
  return results;
};
