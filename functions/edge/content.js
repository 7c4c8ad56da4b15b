import cf from 'cloudfront';
import crypto from 'crypto';

// Who may fetch which content path: /content/<kind>/<unit>/<name>. The cookie names the units of its owner's chain and
// the named audiences he belongs to, signed with a key of its week; whoever may see a file of another unit brings a grant
// for that one address. Keys and passes ended early stand in the key-value store (functions/access writes both).
// Only the CDN runtime's own subset of JavaScript is used here: the same file runs at the edge and on a laptop.
// Source: access.md §3 and §4.
const store = cf.kvs();

const refused = (status, code) => ({
  statusCode: status,
  statusDescription: status === 401 ? 'Unauthorized' : 'Forbidden',
  headers: { 'content-type': { value: 'application/json' }, 'cache-control': { value: 'no-store' } },
  body: JSON.stringify({ code: code }),
});

const address = /^\/content\/[a-z]+\/([a-z0-9][a-z0-9-]*)\/[A-Za-z0-9._/-]+$/;

async function handler(event) {
  const request = event.request;
  const place = address.exec(request.uri);
  if (!place || request.uri.includes('..')) return refused(403, 'not-allowed');
  if (!(await store.exists('content'))) return refused(401, 'not-signed-in');
  const settings = JSON.parse(await store.get('content'));
  const sign = (key, text) => crypto.createHmac('sha256', key).update(text).digest('base64url');
  // both sides are signed once more: how long the comparison takes then tells nothing about the signature
  const isSigned = (key, text, signature) => sign(key, sign(key, text)) === sign(key, signature);
  const granted = request.querystring.grant ? request.querystring.grant.value.split('.') : [];
  if (granted.length === 4 && granted[0] === 'grant' && /^c[0-9]+$/.test(granted[1]) && settings.keys[granted[1]]) {
    const words = `${granted[0]}.${granted[1]}.${granted[2]}.${request.uri}`;
    const inTime = Number(granted[2]) * 1000 > Date.now();
    if (inTime && isSigned(settings.keys[granted[1]], words, granted[3])) return request;
  }
  const cookie = request.cookies[`__Secure-content${settings.suffix}`];
  const parts = cookie ? cookie.value.split('.') : [];
  if (parts.length !== 3 || !/^c[0-9]+$/.test(parts[0])) return refused(401, 'not-signed-in');
  const key = settings.keys[parts[0]];
  if (!key) return refused(401, 'not-signed-in');
  if (!isSigned(key, `${parts[0]}.${parts[1]}`, parts[2])) return refused(401, 'not-signed-in');
  const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
  if (claims.expires * 1000 < Date.now()) return refused(401, 'session-ended');
  if (await store.exists(`ended/${claims.pass}`)) return refused(401, 'session-ended');
  // the practice branch of a day is open to whoever may see its branch
  if (!claims.units.includes(place[1].replace(/^tap-[0-9]{6}-/, ''))) return refused(403, 'not-allowed');
  return request;
}
