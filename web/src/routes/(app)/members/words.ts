import type { Role } from '#shared/kernel/permissions.ts';
import type { ConditionKind, Correction, UnitKind, VotingState } from '#shared/members/model.ts';
import type { Column, LineIssue, LineNote, UnitColumn, Verdict } from '#shared/members/roll.ts';

export const stateWords: Readonly<Record<VotingState, string>> = {
  official: 'Chính thức',
  probationary: 'Dự bị',
  exempt: 'Miễn công tác và sinh hoạt',
  suspended: 'Đình chỉ sinh hoạt',
  held: 'Bị khởi tố, tạm giam',
  elsewhere: 'Sinh hoạt tạm thời nơi khác',
  guest: 'Sinh hoạt tạm thời tại đây',
  left: 'Không còn sinh hoạt',
  not_yet: 'Chưa kết nạp',
};

export const conditionWords: Readonly<Record<ConditionKind, string>> = {
  exempt: 'Miễn công tác và sinh hoạt đảng',
  suspended: 'Đình chỉ sinh hoạt đảng',
  held: 'Bị khởi tố, tạm giam',
  elsewhere: 'Chuyển sinh hoạt tạm thời',
  left: 'Ra khỏi chi bộ, ra khỏi Đảng',
};

export const leavingWords = {
  transferred_out: 'Chuyển sinh hoạt ra ngoài tỉnh',
  delisted: 'Xóa tên',
  expelled: 'Khai trừ',
  deceased: 'Từ trần',
  resigned: 'Xin ra khỏi Đảng',
} as const;

export const kindWords: Readonly<Record<UnitKind, string>> = {
  province: 'Đảng bộ tỉnh',
  upper_party_body: 'Đảng bộ cấp trên trực tiếp',
  grassroots_party_body: 'Đảng bộ cơ sở',
  section_party_body: 'Đảng bộ bộ phận',
  branch: 'Chi bộ',
  party_cell_group: 'Tổ đảng',
};

export const sexWords = { male: 'Nam', female: 'Nữ' } as const;

export const roleWords: Readonly<Record<Role, string>> = {
  member: 'Đảng viên',
  helper: 'Người hỗ trợ',
  branch_committee_member: 'Chi ủy viên',
  deputy_secretary: 'Phó bí thư chi bộ',
  branch_secretary: 'Bí thư chi bộ',
  committee_assistant: 'Giúp việc cấp ủy',
  propaganda_editor: 'Ban Tuyên giáo và Dân vận',
  organisation_officer: 'Ban Tổ chức',
  office_officer: 'Văn phòng cấp ủy',
  inspection_officer: 'Ủy ban Kiểm tra',
  system_admin: 'Quản trị',
};

export const correctionWords: Readonly<Record<Correction['state'], string>> = {
  asked: 'Chờ chi bộ xem',
  confirmed: 'Chi bộ đã xác nhận, chờ ban tổ chức',
  applied: 'Đã sửa vào hồ sơ',
  declined: 'Không sửa',
};

export const columnWords: Readonly<Record<Column, string>> = {
  name: 'Họ và tên (hoặc họ và tên đệm)',
  givenName: 'Tên (nếu đứng cột riêng)',
  birthDate: 'Ngày sinh',
  sex: 'Giới tính',
  admissionDate: 'Ngày vào Đảng',
  officialDate: 'Ngày chính thức',
  cardNumber: 'Số thẻ đảng viên',
  branch: 'Chi bộ sinh hoạt',
  partyBody: 'Đảng bộ cấp trên của chi bộ',
  citizenId: 'Số căn cước',
  phone: 'Điện thoại',
};
export const neededColumns: readonly Column[] = ['name', 'birthDate', 'sex', 'admissionDate', 'branch'];

export const unitColumnWords: Readonly<Record<UnitColumn, string>> = {
  name: 'Tên tổ chức đảng',
  kind: 'Loại hình',
  parent: 'Trực thuộc',
  code: 'Mã tổ chức (14 chữ số)',
};
export const neededUnitColumns: readonly UnitColumn[] = ['name'];

export const verdictWords: Readonly<Record<Verdict['verdict'], string>> = {
  new: 'Thêm mới',
  changed: 'Cập nhật',
  unchanged: 'Đã có, không đổi',
  refused: 'Chưa nhận',
};

export const issueWords: Readonly<Record<LineIssue['code'], string>> = {
  'name-missing': 'Thiếu họ tên',
  'name-wrong': 'Họ tên có chữ số hoặc dấu lạ',
  'birth-date-missing': 'Thiếu ngày sinh',
  'birth-date-wrong': 'Ngày sinh không đúng, cần đủ ngày/tháng/năm',
  'sex-missing': 'Thiếu giới tính',
  'sex-unknown': 'Giới tính phải là Nam hoặc Nữ',
  'admission-date-missing': 'Thiếu ngày vào Đảng',
  'admission-date-wrong': 'Ngày vào Đảng không đúng',
  'admission-in-future': 'Ngày vào Đảng ở tương lai',
  'too-young': 'Vào Đảng khi chưa đủ 18 tuổi',
  'official-date-wrong': 'Ngày chính thức không đúng',
  'official-before-admission': 'Ngày chính thức trước ngày vào Đảng',
  'official-in-future': 'Ngày chính thức ở tương lai',
  'card-wrong': 'Số thẻ phải có 12 chữ số',
  'card-mangled': 'Số thẻ bị Excel làm tròn, cần gõ lại dạng chữ',
  'citizen-id-wrong': 'Số căn cước phải có 12 chữ số',
  'citizen-id-mangled': 'Số căn cước bị Excel làm tròn, cần gõ lại dạng chữ',
  'no-number': 'Cần số thẻ hoặc số căn cước',
  'phone-wrong': 'Số điện thoại không đúng',
  'branch-missing': 'Thiếu chi bộ',
  'branch-unknown': 'Không có chi bộ tên này',
  'branch-ambiguous': 'Có nhiều chi bộ cùng tên, cần thêm cột đảng bộ cấp trên',
  'not-a-branch': 'Tổ chức này không phải chi bộ',
  'card-twice-in-file': 'Số thẻ trùng với dòng trên',
  'citizen-id-twice-in-file': 'Số căn cước trùng với dòng trên',
  'card-held-by-other': 'Số thẻ đang là của đảng viên khác',
  'citizen-id-held-by-other': 'Số căn cước đang là của đảng viên khác',
  'numbers-of-two-members': 'Số thẻ và số căn cước là của hai người',
  'in-other-branch': 'Đang sinh hoạt ở chi bộ khác, cần làm chuyển sinh hoạt',
  'outside-your-units': 'Chi bộ ngoài phạm vi của đồng chí',
  'unit-name-missing': 'Thiếu tên tổ chức',
  'unit-kind-unknown': 'Không rõ loại hình tổ chức',
  'parent-unknown': 'Không có tổ chức cấp trên tên này',
  'parent-ambiguous': 'Có nhiều tổ chức cấp trên cùng tên',
  'wrong-place': 'Không thể trực thuộc tổ chức này',
  'code-wrong': 'Mã tổ chức phải có 14 chữ số và chưa ai dùng',
  'changed-meanwhile': 'Người khác vừa sửa, gửi lại dòng này',
};

export const noteWords: Readonly<Record<LineNote['code'], string>> = {
  'zero-restored': 'Đã thêm lại số 0 ở đầu',
  'citizen-id-unlike-birth': 'Số căn cước không khớp năm sinh hoặc giới tính',
  'over-60-at-admission': 'Vào Đảng khi trên 60 tuổi',
  'long-probation': 'Dự bị đã quá 24 tháng',
  'name-recased': 'Đã viết lại chữ hoa đầu tên',
};
