import type { Device } from '#shared/access/model.ts';

const machines: Readonly<Record<Device['machine'], string>> = {
  android: 'Điện thoại Android',
  iphone: 'iPhone',
  ipad: 'iPad',
  windows: 'Máy tính Windows',
  mac: 'Máy tính Mac',
  linux: 'Máy tính Linux',
  other: 'Máy khác',
};
const browsers: Readonly<Record<Device['browser'], string>> = {
  chrome: 'Chrome',
  safari: 'Safari',
  firefox: 'Firefox',
  edge: 'Edge',
  samsung: 'Samsung Internet',
  coccoc: 'Cốc Cốc',
  zalo: 'trong Zalo',
  facebook: 'trong Facebook',
  other: '',
};

/** `Điện thoại Android, Chrome`. */
export const deviceName = ({ machine, browser }: Device): string =>
  [machines[machine], browsers[browser]].filter(Boolean).join(', ');
