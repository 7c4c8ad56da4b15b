import type { GeneralRefusal, Operation } from '#shared/kernel/operation.ts';
import type { Trouble } from './api.ts';

/** What a person is told when something was not done: what happened and was kept, and what to do next. */
export interface Problem {
  readonly happened: string;
  readonly next: string;
}

/** Codes that any operation may answer with. A missing sentence does not compile. */
export const generalProblems = {
  malformed: { happened: 'Có chỗ điền chưa đúng.', next: 'Xem lại các ô có dấu nhắc rồi gửi lại.' },
  'too-large': { happened: 'Nội dung gửi quá dài.', next: 'Chia ra gửi làm nhiều lần.' },
  'wrong-origin': { happened: 'Trang này không phải cửa chính của sổ tay.', next: 'Mở lại từ địa chỉ của sổ tay.' },
  'not-signed-in': { happened: 'Đồng chí chưa đăng nhập.', next: 'Đăng nhập rồi làm lại.' },
  'session-ended': { happened: 'Phiên đăng nhập đã hết.', next: 'Đăng nhập lại. Việc đang chờ vẫn được giữ.' },
  'not-allowed': { happened: 'Việc này không thuộc quyền của đồng chí.', next: 'Hỏi bí thư chi bộ nếu cần.' },
  'step-up-needed': { happened: 'Việc này cần xác nhận thêm.', next: 'Nhập mã PIN của đồng chí rồi làm lại.' },
  'not-found': { happened: 'Không tìm thấy nội dung này.', next: 'Nội dung có thể đã được rút. Quay lại danh sách.' },
  'too-many': { happened: 'Đã thử nhiều lần liền nhau.', next: 'Chờ một phút rồi thử lại.' },
  busy: { happened: 'Máy chủ đang đông người.', next: 'Chờ ít giây rồi thử lại. Chưa mất gì cả.' },
  offline: { happened: 'Chưa có mạng.', next: 'Kiểm tra Wi-Fi hoặc 4G rồi thử lại.' },
  fault: { happened: 'Máy chủ gặp trục trặc.', next: 'Thử lại sau ít phút. Nếu vẫn lỗi, báo người hỗ trợ.' },
} as const satisfies Record<GeneralRefusal | Trouble, Problem>;

export type GeneralCode = keyof typeof generalProblems;

/**
 * The codes of a context's own operations. Its sentences stand in `problems/<context>.ts`:
 * `export const meetingsProblems = { … } satisfies ProblemsOf<typeof import('#shared/meetings/contract.ts')>;`
 */
export type ProblemsOf<Contract> = Readonly<Record<Exclude<CodesOf<Contract>, GeneralCode>, Problem>>;

type CodesOf<Contract> = {
  [Name in keyof Contract]: Contract[Name] extends Operation<infer _I, infer _O, infer R>
    ? Extract<keyof R, string>
    : never;
}[keyof Contract];

/** The sentence of a code: the context's own first. A code that is in neither map does not compile. */
export const problemOf = <Code extends string>(
  code: Code,
  ...own: [Exclude<Code, GeneralCode>] extends [never]
    ? []
    : [problems: Readonly<Record<Exclude<Code, GeneralCode>, Problem>>]
): Problem =>
  (own[0] as Readonly<Record<string, Problem>> | undefined)?.[code] ??
  (generalProblems as Readonly<Record<string, Problem>>)[code] ??
  generalProblems.fault;

/** The maps of all contexts, each its own small file, fetched only when an act from the outbox was refused. */
const contextProblems = import.meta.glob<Readonly<Record<string, unknown>>>('./problems/*.ts');

/** The sentence for an act known only by its operation, `meetings.checkIn`. */
export const problemOfOperation = async (operation: string, code: string): Promise<Problem> => {
  if (code in generalProblems) return generalProblems[code as GeneralCode]; // just asked
  const [context = ''] = operation.split('.');
  const maps = await contextProblems[`./problems/${context}.ts`]?.();
  const problems = maps?.[`${context}Problems`] as Readonly<Record<string, Problem>> | undefined; // see ProblemsOf
  return problems?.[code] ?? generalProblems.fault;
};
