import type { LanguageData } from './language-data.ts';

export const TURKISH: LanguageData = {
  goesOn: `Dr Prof Doç Yrd Öğr Gör Uzm Op Av Sn Müh Mim Yük.Müh Hz Alb Gen Org Kor Tuğg Yzb Bnb Ütğm Tğm Asb Onb Çvş Ecz Bşk
    Yard Arş Opr Ord örn yakl bkz krş bk mah Mah Cad Cd Sok Sk Blv Bulv Apt Ap çev haz yay Şti Gn`,
  number: 'no No nr s sf ss syf md m böl c tel faks dah şek tab çiz d yy yakl ort max min fık par M.Ö M.S İ.Ö İ.S',
  either: 'Ltd Şti A.Ş San Tic Inc Co Ünv Üni Fak Böl Md Müd jr yy',
  ends: 'vb vs vd v.b v.s v.d M.S i.S m.s',
  calendar: 'Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara Pzt Sal Çar Per Cum Cmt Paz',
  dates:
    'Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar',
  ordinalsBefore: `Dünya Cihan Cadde Caddesi Sokak Sokağı Lig Ligi Ordu Kolordu Tümen Tugay Bölge Yüzyıl Yüzyılda Kat Bölüm Madde Dönem Olağan
    Murat Selim Mehmet Mahmut Ahmet Osman Abdülhamit Abdülmecid Mustafa Süleyman Bayezid Kılıçarslan Uluslararası Ulusal Geleneksel
    Cumhurbaşkanı Başbakan Cumhuriyet Meşrutiyet Kolordu Asliye Ağır Sulh Hukuk Ceza Daire Noter Noterliği İcra Levent Etap Ocak Şubat
    Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık`,
  ordinalsAfter: '',
  hasRomanOrdinals: true,
  labels:
    'vitamini vitaminleri plan sınıf sınıfı tip tipi grup grubu nokta bölüm seçenek sürüm harf harfi blok bina kapı hat ek kategori adım bölge',
  starters: `bu şu o bunlar şunlar onlar ben sen biz siz ve ama fakat ancak veya ya çünkü eğer ki de da ile için gibi kadar göre sonra önce şimdi
    burada orada bugün yarın dün ne kim nerede neden niçin nasıl hangi kaç evet hayır teşekkürler lütfen merhaba tamam belki elbette
    maalesef ayrıca böylece bazen sık her hiç bazı birçok bütün tüm bir benim senin onun bizim sizin onların daha çok az en var yok
    değil ilk son nihayet aslında yani artık hâlâ henüz`,
  local: `Op Av Gen Org Kor Mar May Per Sal Ara Paz dan der ed haz San Co no No ss km par tab max min ap Ap Apt kat sa sn gr
    kg cm mm ml Md md bk ort jr vs vd vb Ord Yard Tel tel Ocak yay sf Dr Prof nr Cd Sk Sok Ecz dk`,
};
