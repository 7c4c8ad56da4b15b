import { describe, expect, it } from 'vitest';
import type { Day, Instant, Month } from '#shared/kernel/time.ts';
import * as format from './format.ts';

const now = '2026-11-21T12:00:00.000Z' as Instant; // 19:00 in Viet Nam

describe('what people read', () => {
  it('writes days and months without leading zeros', () => {
    expect(format.day('2026-09-08' as Day)).toBe('8/9/2026');
    expect(format.dayAndMonth('2026-09-08' as Day)).toBe('8/9');
    expect(format.month('2026-09' as Month)).toBe('9/2026');
    expect(format.dayInFull('2026-09-28' as Day)).toBe('Thứ hai, 28/9/2026');
  });

  it('shows the clock of Viet Nam whatever the phone is set to', () => {
    expect(format.time('2026-11-21T12:30:00.000Z' as Instant)).toBe('19:30');
    expect(format.moment('2026-11-21T18:05:00.000Z' as Instant)).toBe('01:05, 22/11/2026');
  });

  it('says when a meeting is as people say it', () => {
    expect(format.when('2026-11-21T12:30:00.000Z' as Instant, now)).toBe('Tối nay 19:30');
    expect(format.when('2026-11-21T01:00:00.000Z' as Instant, now)).toBe('Sáng nay 8:00');
    expect(format.when('2026-11-21T18:00:00.000Z' as Instant, now)).toBe('Ngày mai 1:00');
    expect(format.when('2026-11-20T12:00:00.000Z' as Instant, now)).toBe('Hôm qua 19:00');
    expect(format.when('2026-11-28T12:30:00.000Z' as Instant, now)).toBe('19:30, Thứ bảy, 28/11/2026');
  });

  it('says ages in words and never in negative numbers', () => {
    const ago = (ms: number) => format.ago(new Date(Date.parse(now) - ms).toISOString() as Instant, now);
    expect(ago(-60_000)).toBe('vừa xong');
    expect(ago(8_400)).toBe('8 giây trước');
    expect(ago(59_999)).toBe('59 giây trước');
    expect(ago(60_000)).toBe('1 phút trước');
    expect(ago(3 * 3_600_000)).toBe('3 giờ trước');
    expect(ago(2 * 86_400_000)).toBe('2 ngày trước');
    expect(ago(8 * 86_400_000)).toBe('ngày 13/11/2026');
    expect(format.updated('2026-11-21T11:59:52.000Z' as Instant, now)).toBe('cập nhật 8 giây trước');
  });

  it('groups thousands by points and parts decimals by a comma', () => {
    expect(format.number(13000)).toBe('13.000');
    expect(format.number(999)).toBe('999');
    expect(format.number(1234567.25, 1)).toBe('1.234.567,3');
    expect(format.number(-1200)).toBe('−1.200');
    expect(format.number(-0.4)).toBe('0');
    expect(format.money(5000)).toBe('5.000\u00a0đ');
  });

  it('shows a share with its decimals only where there are some, and no share of nothing', () => {
    expect(format.percent(37, 40)).toBe('92,5%');
    expect(format.percent(40, 40)).toBe('100%');
    expect(format.percent(1, 3)).toBe('33,3%');
    expect(format.percent(0, 0)).toBe('–');
  });

  it('shows file sizes as phones do', () => {
    expect(format.fileSize(640)).toBe('640 byte');
    expect(format.fileSize(320_400)).toBe('320 KB');
    expect(format.fileSize(999_600)).toBe('1,0 MB');
    expect(format.fileSize(1_440_000)).toBe('1,4 MB');
    expect(format.fileSize(50_000_000)).toBe('50 MB');
  });
});
