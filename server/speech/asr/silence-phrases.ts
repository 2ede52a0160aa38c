/**
 * What Whisper and its kin write over silence or noise: the ends of videos they learned from, who made the subtitles, and the shortest of
 * words. People say some of these, too: a recording with a voice decides.
 */
const PHRASES: ReadonlySet<string> = new Set(
  [
    'you|thank you|thank you very much|thank you so much|thanks|thanks for watching|thank you for watching|thank you so much for watching|thank you for watching this video|thanks for listening|thank you for listening|thank you for your attention|please subscribe|please subscribe to my channel|like and subscribe|dont forget to subscribe|dont forget to like and subscribe|see you next time|see you in the next video|ill see you in the next video|ill see you next time|see you later|bye|bye bye|byebye|goodbye|good night|the end|so|oh|ooh|ah|uh|um|hmm|hm|mm|mhm|mmhmm|huh|i|a|the|and|but|well|im sorry|please|amen|music|music playing|silence|inaudible|blank audio|blankaudio|no audio|no speech|no sound|applause|laughter|foreign|subtitles|to be continued',
    'vielen dank|danke|danke schön|danke fürs zuschauen|vielen dank fürs zuschauen|vielen dank für ihre aufmerksamkeit|danke für die aufmerksamkeit|bis zum nächsten mal|bis zum nächsten video|tschüss|auf wiedersehen|das wars|musik|stille|untertitel',
    'merci|merci beaucoup|merci davoir regardé|merci davoir regardé cette vidéo|merci à tous|abonnezvous|à bientôt|à la prochaine|au revoir|musique|silence|soustitres',
    'gracias|muchas gracias|gracias por ver|gracias por ver el video|gracias por ver el vídeo|gracias por su atención|suscríbete|suscríbete al canal|hasta la próxima|hasta luego|adiós|música|silencio',
    'grazie|grazie mille|grazie per aver guardato|grazie per aver guardato il video|grazie per la visione|grazie a tutti|iscriviti al canale|alla prossima|arrivederci|musica|silenzio',
    'obrigado|obrigada|muito obrigado|obrigado por assistir|obrigada por assistir|obrigado por assistirem|inscrevase|inscrevase no canal|até a próxima|até o próximo vídeo|tchau|e aí|legendas',
    'dank u wel|dank je wel|dankjewel|bedankt|bedankt voor het kijken|tot de volgende keer|tot ziens|muziek|stilte|ondertiteling',
    'dziękuję|dziękuję za uwagę|dziękuję za oglądanie|dzięki za oglądanie|dzięki za obejrzenie|do zobaczenia|muzyka|napisy',
    'tack|tack så mycket|tack för att du tittade|tack för att ni tittade|tack för ordet|hej då|musik|tak|tak for at se med|tak fordi du så med|tak for i dag|farvel|takk|takk for at du så på|takk for meg|ha det|musikk|kiitos|kiitos kun katsoit|kiitos katsomisesta|musiikkia',
    'спасибо|спасибо за просмотр|спасибо за внимание|спасибо за просмотр и до новых встреч|подписывайтесь на канал|подписывайтесь на мой канал|до свидания|до новых встреч|пока|продолжение следует|музыка|тишина|дякую|дякую за перегляд|дякую за увагу|музика',
    'teşekkürler|teşekkür ederim|izlediğiniz için teşekkürler|izlediğiniz için teşekkür ederim|abone olmayı unutmayın|görüşmek üzere|hoşça kalın|müzik',
    'děkuji|děkuji za pozornost|děkuji za sledování|hudba|köszönöm|köszönöm hogy megnézted|köszönöm a figyelmet|zene|mulțumesc|mulțumesc pentru vizionare|vă mulțumesc|muzică|ευχαριστώ|ευχαριστώ που παρακολουθήσατε|μουσική',
    'شكرا|شكرا لكم|شكرا للمشاهدة|شكرا على المشاهدة|اشتركوا في القناة|لا تنسوا الاشتراك في القناة|موسيقى|धन्यवाद|देखने के लिए धन्यवाद|संगीत|תודה|תודה רבה|תודה שצפיתם',
    'ご視聴ありがとうございました|ご視聴ありがとうございます|ご清聴ありがとうございました|最後までご視聴いただきありがとうございました|最後までご視聴いただきありがとうございます|ありがとうございました|ありがとうございます|チャンネル登録をお願いします|チャンネル登録お願いします|チャンネル登録と高評価をお願いします|おやすみなさい|おわり|終わり|音楽|では|はい|ん|うん|あ|え',
    '谢谢|謝謝|谢谢大家|謝謝大家|谢谢观看|謝謝觀看|感谢观看|感謝觀看|谢谢收看|谢谢大家观看|请订阅|请不吝点赞订阅转发打赏支持明镜与点点栏目|請不吝點贊訂閱轉發打賞支持明鏡與點點欄目|优优独播剧场yoyotelevisionseriesexclusive|李宗盛|中文字幕|音乐|音樂|再见|嗯|啊',
    '감사합니다|고맙습니다|시청해주셔서감사합니다|시청해 주셔서 감사합니다|구독과 좋아요 부탁드립니다|구독 좋아요|다음 영상에서 만나요|음악|네|아|음',
  ].flatMap((line) => line.split('|').map(plain)),
);

/** Who made subtitles, and whose they are: nobody says that to a machine. */
const CREDITS =
  /amara\.?\s?org|\bsubtitles? (?:by|from)\b|\b(?:transcri(?:bed|ption)|captions?|captioned) by\b|untertitel(?:ung)? (?:im auftrag|der|von|für)|\b(?:zdf|wdr|swr|ndr|ard)\b.{0,20}\d{4}|sous-?titr(?:es?|age)|subt[ií]tul(?:os|ado)|sottotitoli|legendas? (?:por|pela|de)|legenda adriana|ondertitel(?:s|ing)|napisy (?:stworzone|wykonał)|undertext(?:er|ning)|textning|danske tekster|teksting av|tekstitys|субтитр|редактор субтитр|dimatorzok|altyazı|titulky|字幕|자막|ترجمة|castingwords|radio-?canada|qtss|btistudios|nicolai winther|mbc 뉴스|www\.\S+\.(?:com|org|net|gov)|copyright|©/iu;

/** Said so often in a row, nobody said it. */
const MIN_REPEATS = 3;
const MIN_REPEATED_WORDS = 4;

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Whether a text may be what a recogniser writes when nothing is said. */
export function mayBeOfSilence(text: string): boolean {
  if (CREDITS.test(text)) return true;
  const sentences = text
    .split(/[.!?。！？…\n]+|(?<=[\u3040-\u9fff])\s+/u)
    .map(plain)
    .filter((sentence) => sentence !== '');
  if (sentences.every((sentence) => PHRASES.has(sentence))) return true;
  if (PHRASES.has(plain(text))) return true;
  const words = text
    .split(/[\s,]+/u)
    .map(plain)
    .filter((word) => word !== '');
  return isRepeated(sentences, MIN_REPEATS) || isRepeated(words, MIN_REPEATED_WORDS);
}

/** One phrase again and again: "you you you you", "I'm sorry. I'm sorry. I'm sorry." */
function isRepeated(parts: readonly string[], least: number): boolean {
  for (let length = 1; length <= 6; length++) {
    const isWhole = parts.length >= length * least;
    if (isWhole && parts.every((part, at) => part === parts[at % length])) return true;
  }
  return false;
}
