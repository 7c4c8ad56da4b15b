import * as v from 'valibot';

/** Ids are short, lower-case and safe in a path, a key and a file name. They hold no personal data. */
const idPattern = /^[a-z0-9][a-z0-9-]{0,47}$/;

const idOf = <const Name extends string>(name: Name) => v.pipe(v.string(), v.regex(idPattern), v.brand(name));

export const UnitId = idOf('UnitId');
export type UnitId = v.InferOutput<typeof UnitId>;

export const MemberId = idOf('MemberId');
export type MemberId = v.InferOutput<typeof MemberId>;

export const SessionId = idOf('SessionId');
export type SessionId = v.InferOutput<typeof SessionId>;

export const SlipId = idOf('SlipId');
export type SlipId = v.InferOutput<typeof SlipId>;

export const MeetingId = idOf('MeetingId');
export type MeetingId = v.InferOutput<typeof MeetingId>;

export const PollId = idOf('PollId');
export type PollId = v.InferOutput<typeof PollId>;

export const DocumentId = idOf('DocumentId');
export type DocumentId = v.InferOutput<typeof DocumentId>;

export const TaskId = idOf('TaskId');
export type TaskId = v.InferOutput<typeof TaskId>;

/** Made on the phone before an act is sent; the same id sent again is the same act. */
export const ActionId = v.pipe(v.string(), v.regex(/^[0-9a-f-]{36}$/), v.brand('ActionId'));
export type ActionId = v.InferOutput<typeof ActionId>;
