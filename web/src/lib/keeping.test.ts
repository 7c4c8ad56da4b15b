import { describe, expect, it } from 'vitest';
import { keepingOf, namesWithdrawn, surplus, toPurge, withdrawnIn } from './keeping.ts';

describe('what stays on the phone', () => {
  it('never holds an answer of the API or of a session', () => {
    expect(keepingOf('/api/meetings/b1/m1')).toBe('leave');
    expect(keepingOf('/api/session/renew')).toBe('leave');
    expect(keepingOf('/api/openapi.json')).toBe('leave');
  });

  it('parts what is hashed from what changes', () => {
    expect(keepingOf('/_app/immutable/entry/start.js')).toBe('shell');
    expect(keepingOf('/content/pack/b1/0a1b2c3d.json')).toBe('content');
    expect(keepingOf('/content/live/b1/m1.json')).toBe('live');
    expect(keepingOf('/content/live/b1/branch.json')).toBe('live');
  });

  it('knows the files that name what was withdrawn from the state of a meeting', () => {
    expect(namesWithdrawn('/content/live/b1/library.json')).toBe(true);
    expect(namesWithdrawn('/content/live/b1/branch.json')).toBe(true);
    expect(namesWithdrawn('/content/live/b1/m1.json')).toBe(false);
    expect(namesWithdrawn('/content/pack/b1/branch.json')).toBe(false);
  });

  it('loses withdrawn content, and only that', () => {
    const kept = ['https://x/content/docs/b1/aaaaaaaa11.json', 'https://x/content/docs/b1/bbbbbbbb22.json'];
    expect(toPurge(kept, withdrawnIn({ withdrawn: ['bbbbbbbb22'] }))).toEqual([kept[1]]);
    expect(toPurge(kept, withdrawnIn({ withdrawn: ['', 'b1', 7] }))).toEqual([]);
    expect(withdrawnIn({ withdrawn: 'all' })).toEqual([]);
    expect(withdrawnIn(null)).toEqual([]);
  });

  it('makes room only when it is full', () => {
    expect(surplus(300, 300)).toBe(0);
    expect(surplus(305, 300)).toBe(5);
    expect(surplus(0, 300)).toBe(0);
  });
});
