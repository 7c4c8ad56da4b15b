// Pages made at build time are files; every other address without a dot belongs to the app's own router.
const prerendered = ['/sign-in', '/slip', '/help'];

function handler(event) {
  const request = event.request;
  if (request.uri.includes('.')) return request;
  request.uri = prerendered.includes(request.uri) ? `${request.uri}.html` : '/200.html';
  return request;
}
