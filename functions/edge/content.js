import cf from 'cloudfront';
import crypto from 'crypto';

// Who may fetch which content path: /content/<kind>/<unit>/<name>. The cookie names the units of its owner's chain and is
// signed; the keys and the list of sessions ended early stand in the key-value store. Only the CDN runtime's own subset of
// JavaScript is used here: the same file runs at the edge and on a laptop. Source: access.md §3 and §4.
const store = cf.kvs();

const refused = (status, code) => ({
  statusCode: status,
  statusDescription: status === 401 ? 'Unauthorized' : 'Forbidden',
  headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
  body: JSON.stringify({ code: code }),
});

async function handler(event) {
  const request = event.request;
  let settings;
  try {
    settings = JSON.parse(await store.get('content'));
  } catch (error) {
    return refused(403, 'not-allowed');
  }
  const cookie = request.cookies[`__Secure-content${settings.suffix}`];
  if (!cookie) return refused(401, 'not-signed-in');
  const parts = cookie.value.split('.');
  const key = settings.keys[parts[0]];
  if (parts.length !== 3 || !key) return refused(401, 'not-signed-in');
  const signature = crypto.createHmac('sha256', key).update(`${parts[0]}.${parts[1]}`).digest('base64url');
  if (signature !== parts[2]) return refused(401, 'not-signed-in');
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
  if (claims.expires * 1000 < Date.now()) return refused(401, 'session-ended');
  if (settings.ended.includes(claims.sessionId)) return refused(401, 'session-ended');
  const unit = request.uri.split('/')[3];
  if (!unit || !claims.units.includes(unit)) return refused(403, 'not-allowed');
  return request;
}
