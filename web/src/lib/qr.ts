import qrcode from 'qrcode-generator';

/** A QR code as one SVG path on a grid of `size` squares, quiet zone included. Fetched only where one is shown. */
export const qrOf = (text: string): { readonly size: number; readonly path: string } => {
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const squares: string[] = [];
  for (let row = 0; row < count; row++)
    for (let column = 0; column < count; column++)
      if (code.isDark(row, column)) squares.push(`M${column + 4} ${row + 4}h1v1h-1z`);
  return { size: count + 8, path: squares.join('') };
};
