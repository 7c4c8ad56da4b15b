/** The pages of this context that speak to the bucket itself: parts go there straight, pictures under review come from it. */

/** Puts one part to its signed address and tells how much has left. `false`: no network, or the address has run out. */
export const putPart = (
  url: string,
  part: Blob,
  { progress, signal }: { readonly progress: (bytes: number) => void; readonly signal: AbortSignal },
): Promise<boolean> =>
  new Promise((resolve) => {
    // only this older way tells of bytes as they leave
    const request = new XMLHttpRequest();
    const done = (kept: boolean) => {
      signal.removeEventListener('abort', abort);
      resolve(kept);
    };
    const abort = () => request.abort();
    request.open('PUT', url);
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => done(request.status >= 200 && request.status < 300);
    request.onerror = () => done(false);
    request.ontimeout = () => done(false);
    request.onabort = () => done(false);
    // a hall's Wi-Fi that moves nothing for two minutes has gone
    request.timeout = 120_000;
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) return done(false);
    request.send(part);
  });

/** A picture under review as an address of this page; undefined when it could not be had. Revoke it after use. */
export const pictureFrom = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { cache: 'no-store' });
    return response.ok ? URL.createObjectURL(await response.blob()) : undefined;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
};
