import * as v from 'valibot';

/** Caches whose name begins with `content` go with the sign-out. */
const OWN = 'content-own';

/** Keeps the server's last answer on this phone, so that it is still known without a network. */
export const keepAnswer = async (name: string, answer: unknown): Promise<void> => {
  const cache = await caches.open(OWN);
  await cache.put(`/${OWN}/${name}`, new Response(JSON.stringify(answer)));
};

export const keptAnswer = async <S extends v.GenericSchema>(
  name: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> => {
  const cache = await caches.open(OWN);
  const kept = await cache.match(`/${OWN}/${name}`);
  const parsed = v.safeParse(schema, await kept?.json());
  return parsed.success ? parsed.output : undefined;
};
