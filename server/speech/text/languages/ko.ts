import type { LanguageData } from './language-data.ts';

export const KOREAN: LanguageData = {
  goesOn: 'Dr Prof vs cf',
  number: 'no No p pp Vol tel Tel',
  either: 'Inc Ltd Co Corp Jr Sr',
  ends: 'etc',
  dates:
    '오전 오후 새벽 아침 점심 저녁 밤 정오 자정 월요일 화요일 수요일 목요일 금요일 토요일 일요일 까지 부터 이후 이전 현재 기준',
  isYearFirst: true,
  starters:
    '이 그 저 나는 저는 우리는 그는 그녀는 그리고 하지만 그러나 그래서 또는 만약 왜 누가 무엇 어디 언제 어떻게 네 아니요 오늘 내일 어제 지금',
  local: '이 그 저 no No p pp Vol tel Tel',
};
