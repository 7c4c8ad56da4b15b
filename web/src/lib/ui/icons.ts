/** Our own line icons on a 24 × 24 grid. Each is one path, imported by name, so a page carries only what it shows. */

// Places
export const meeting =
  'M4 20v-1a5 5 0 0 1 10 0v1M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M17 20h3v-1a4.5 4.5 0 0 0-5-4.5M15.5 4.3a3.5 3.5 0 0 1 0 6.4';
export const paper = 'M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6';
export const task = 'M5 5h14v16H5zM9 3h6v4H9zM8.5 14l2.5 2.5 4.5-5';
export const person = 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4.5 21a7.5 7.5 0 0 1 15 0';
export const help = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.7.4-1.1.9-1.1 1.7M12 16.8v.1';
export const organisation = 'M9 3h6v5H9zM3 16h6v5H3zM15 16h6v5h-6zM12 8v4M6 16v-4h12v4';
export const report = 'M4 4v16h16M8 16v-5M12.5 16V7M17 16v-7';

// Signs of a state: each stands beside its word
export const done = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8 12.3l2.7 2.7L16 9.5';
export const waiting = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2';
export const failed = 'M12 3.5 2.5 20h19zM12 10v4.5M12 17.3v.1';
export const info = 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v5.5M12 7.6v.1';
export const offline =
  'M3 3l18 18M8.5 13a5.5 5.5 0 0 1 3-1.5M5 9.5A10.5 10.5 0 0 1 8.5 7.3M12 6.5a10.5 10.5 0 0 1 7 3M12 18.5v.1';
export const locked = 'M6 11h12v10H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11';

// Answers of a vote: differ by sign, word and place
export const agree = 'M5 12.5l4.7 4.7L19 7';
export const disagree = 'M6 6l12 12M18 6 6 18';
export const otherOpinion = 'M4 5h16v11h-8l-5 4v-4H4zM8 10.5h8';

// Acts
export const back = 'M19 12H5M11 6l-6 6 6 6';
export const next = 'M9 5l7 7-7 7';
export const down = 'M5 9l7 7 7-7';
export const up = 'M5 15l7-7 7 7';
export const add = 'M12 5v14M5 12h14';
export const close = 'M6 6l12 12M18 6 6 18';
export const search = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5 21 21';
export const filter = 'M4 6h16M7 12h10M10 18h4';
export const columns = 'M4 5h16v14H4zM9.3 5v14M14.7 5v14';
export const camera = 'M3 8h4l2-3h6l2 3h4v11H3zM12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7';
export const upload = 'M12 16V4M7 9l5-5 5 5M4 17v3h16v-3';
export const download = 'M12 4v12M7 11l5 5 5-5M4 17v3h16v-3';
export const print = 'M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z';
export const edit = 'M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5 17.5 10';
export const remove = 'M4 7h16M9 7V4h6v3M6.5 7l1 14h9l1-14M10.5 11v6M13.5 11v6';
export const undo = 'M4 9h10a5.5 5.5 0 0 1 0 11H9M8 5 4 9l4 4';
export const refresh = 'M20 12a8 8 0 1 1-2.5-5.8M20 4v4.5h-4.5';
export const phone = 'M5 3h4l2 5-2.5 1.8a12 12 0 0 0 5.7 5.7L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2';
export const listen = 'M4 9.5h4l5-4.5v14l-5-4.5H4zM16.5 9a4.5 4.5 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11';
export const play = 'M7 4.5v15l12-7.5z';
export const pause = 'M8 5v14M16 5v14';
export const eye =
  'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6';
export const leave = 'M14 4H5v16h9M10 12h11M17 8l4 4-4 4';
export const textSize = 'M3 19 8.5 5h1L15 19M5 14.5h8M16 19l2.8-7h.4L22 19M17 16.5h4';
export const calendar = 'M4 6h16v15H4zM4 10.5h16M8.5 3v4M15.5 3v4';
export const place = 'M12 21s7-6.2 7-11.5a7 7 0 0 0-14 0C5 14.8 12 21 12 21M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5';
export const qr = 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM18 18h2.5v2.5M20.5 14v.1M14 20.5v.1';
export const hand =
  'M8 12.5V6a1.5 1.5 0 0 1 3 0v5M11 10.5V4.5a1.5 1.5 0 0 1 3 0v6M14 11V6.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.5 0-4-1-5.5-3.5L3 14.5a1.5 1.5 0 0 1 2.6-1.5L8 15.5';
