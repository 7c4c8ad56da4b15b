import type { Session } from '#lib/session.svelte.ts';
import type { UnitId } from '#shared/kernel/ids.ts';

/** An organisation for which papers are added: what is published there is read there and at all below. */
export interface AddingPlace {
  readonly unitId: UnitId;
  readonly name: string;
}

/** The organisations for which this person adds papers, the widest first: that of a clerk's role before his own branch. */
export const placesToAdd = (session: Session): readonly AddingPlace[] =>
  session.me.units.filter((_, at) => session.may('documents.add', session.chain.slice(at))).toReversed();

interface Address {
  readonly searchParams: { get(name: string): string | null };
}

/** The one that an address names (`?at=`), else the widest. */
export const placeOf = (session: Session, address: Address): AddingPlace => {
  const places = placesToAdd(session);
  const named = places.find(({ unitId }) => unitId === address.searchParams.get('at'));
  return named ?? places[0] ?? { unitId: session.me.unitId, name: session.unitName };
};

/** A paper of a meeting that is over, signed by hand: its scan stays with that meeting. */
export interface SignedPaper {
  readonly meetingId: string;
  readonly type: 'minutes' | 'resolution';
}

/** The signed paper that an address is about (`?signed=minutes&meeting=…`). */
export const signedPaperOf = ({ searchParams }: Address): SignedPaper | undefined => {
  const [type, meetingId] = [searchParams.get('signed'), searchParams.get('meeting')];
  return meetingId && (type === 'minutes' || type === 'resolution') ? { type, meetingId } : undefined;
};

export const signedQuery = ({ type, meetingId }: SignedPaper): string => `signed=${type}&meeting=${meetingId}`;

/** Whether papers of this organisation may be published by him. */
export const mayPublishAt = (session: Session, { unitId }: AddingPlace): boolean =>
  session.chain.includes(unitId) &&
  session.may('documents.publish', session.chain.slice(session.chain.indexOf(unitId)));
