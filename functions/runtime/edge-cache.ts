import { callAws } from './aws-call.ts';
import { env } from './env.ts';

/**
 * Has the edge forget these files, so that what was withdrawn is asked for again and not found. `reference` names the
 * act: the same one again is the same request, not a second. Paths without the leading slash.
 */
export const forgetAtEdge = async (paths: readonly string[], reference: string): Promise<void> => {
  if (paths.length === 0) return;
  const items = paths.map((path) => `<Path>${inXml(`/${path}`)}</Path>`).join('');
  const answer = await callAws({
    service: 'cloudfront',
    method: 'POST',
    path: `/2020-05-31/distribution/${env('DISTRIBUTION')}/invalidation`,
    headers: { 'content-type': 'application/xml' },
    body:
      '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">' +
      `<CallerReference>${inXml(reference)}</CallerReference>` +
      `<Paths><Items>${items}</Items><Quantity>${paths.length}</Quantity></Paths></InvalidationBatch>`,
  });
  if (answer.status !== 201)
    throw new Error(`cloudfront: ${answer.status} ${/<Code>(\w+)<\/Code>/.exec(answer.body.toString())?.[1] ?? ''}`);
};

const inXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
