import type { Conclusion } from '#shared/meetings/minutes.ts';

/** What stands beside the steps of an agenda, by step. Invented, in the branches' own words. */
export const notes: Readonly<Record<string, string>> = {
  report:
    'Kết quả tháng trước: thu quỹ Vì người nghèo đạt 92% kế hoạch; sửa xong 300 m đường nội đồng; không để xảy ra tranh chấp kéo dài.\n' +
    'Nhiệm vụ tháng này: vận động hiến đất mở đường trục thôn; chuẩn bị Ngày hội Đại đoàn kết.',
  tasks: 'Từng đồng chí báo cáo việc được giao: đã xong, chưa xong, vì sao.',
  information: 'Tình hình thời sự trong nước, trong tỉnh; định hướng tuyên truyền của Ban Tuyên giáo và Dân vận.',
  discussion: 'Góp ý vào dự thảo nghị quyết tháng; giải pháp vận động các hộ ven đường trục thôn.',
};

export const opinionTexts: readonly string[] = [
  'Nhất trí với báo cáo. Đề nghị nêu rõ thời hạn từng việc.',
  'Đường trục thôn đoạn cuối còn ngập khi mưa, đề nghị làm rãnh thoát nước trước.',
  'Việc vận động hiến đất nên giao theo từng ngõ, mỗi đảng viên phụ trách năm hộ.',
  'Đề nghị chi bộ quan tâm các gia đình chính sách dịp cuối năm.',
  'Cần nhắc nhở việc để vật liệu xây dựng lấn ra đường.',
  'Đề nghị Chi đoàn tổ chức thêm buổi hướng dẫn người cao tuổi dùng sổ tay.',
];

export const conclusions: readonly Conclusion[] = [
  {
    information: 'Chi bộ nghe thông tin thời sự tháng và định hướng tuyên truyền.',
    results: 'Hoàn thành bảy trên tám chỉ tiêu tháng. Quỹ Vì người nghèo đạt 92% kế hoạch.',
    direction: 'Vận động hiến đất mở đường trục thôn. Chuẩn bị Ngày hội Đại đoàn kết toàn dân tộc.',
    conclusion: 'Chi bộ thống nhất phương hướng tháng tới. Giao chi ủy phân công cụ thể từng đồng chí.',
  },
  {
    information: 'Chi bộ nghe bản tin sinh hoạt chi bộ và thông tin về chuyển đổi số của tỉnh.',
    results: 'Cơ bản hoàn thành nhiệm vụ tháng. Còn chậm việc dọn vệ sinh kênh mương.',
    direction: 'Tập trung dọn vệ sinh môi trường. Tuyên truyền nộp thuế đất đúng hạn.',
    conclusion: 'Chi bộ thống nhất. Đồng chí nào chậm việc phải báo cáo lý do vào tháng sau.',
  },
  {
    information: 'Chi bộ nghe quán triệt chỉ thị mới và kế hoạch của cấp ủy cấp trên.',
    results: 'Hoàn thành tốt nhiệm vụ tháng. Không có đảng viên vi phạm.',
    direction: 'Rà soát hộ nghèo, hộ cận nghèo. Bồi dưỡng hai quần chúng ưu tú.',
    conclusion: 'Chi bộ biểu dương các đồng chí hoàn thành sớm việc được giao.',
  },
];

/** Tasks given at the last meeting of tonight's branch. */
export const taskTexts: readonly string[] = [
  'Vận động năm hộ ngõ 3 hiến đất mở đường trục thôn',
  'Lập danh sách hộ nghèo, hộ cận nghèo cần giúp dịp cuối năm',
  'Hướng dẫn các cụ cao tuổi trong thôn dùng sổ tay',
];
