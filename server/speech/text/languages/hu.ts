import type { LanguageData } from './language-data.ts';

export const HUNGARIAN: LanguageData = {
  goesOn: `dr Dr prof ifj id özv st Szt br gr hr vitéz alez ezr tbk őrn szds fhdgy vö ld pl kb ún uő szerk ford közr főszerk
    kiad ang ném lat fr u.n un bp s.k v.ö`,
  number: 'sz tel fax p o old köt fej ábra tábl k u em ép kb max min bek § c évf',
  either: 'Kft Rt Zrt Nyrt Bt Ltd Inc Co u krt em fszt hrsz sz o old ezr mill mrd ill',
  ends: 'stb i.e i.sz i.u e.m d.u d.e kr.e kr.u',
  calendar: 'jan febr feb márc ápr máj jún júl aug szept szep okt nov dec hétf szo',
  dates: `január február március április május június július augusztus szeptember október november december hétfő kedd szerda csütörtök
    péntek szombat vasárnap`,
  ordinalsBefore: 'Kerület Kongresszus Hadsereg Osztály',
  ordinalsAfter: '',
  hasRomanOrdinals: true,
  isYearFirst: true,
  labels:
    'vitamin vitaminok terv osztály típus csoport pont rész opció verzió szint betű épület kapu vonal melléklet kategória lépés zóna',
  starters: `a az egy ez ezek azok itt ott így igen nem és s de vagy is hanem mert ha amikor mikor hogy hogyan miért ki mi hol mit aki ami amely
    én te ő mi ti ők engem nekem neki övé ma tegnap holnap most akkor aztán azután majd előbb először végül azonban szintén még már csak
    talán sajnos persze minden mindenki sok néhány van vannak volt voltak lesz kell lehet kérem köszönöm szia jó jól után előtt közben ezért
    tehát ráadásul mindig soha gyakran`,
  local: `de du id st hr br gr fr lat max min sz pont em un ti kg km ha pl ill ez szo cs tbk mill ang fax tel köt szám perc
    Bt Rt old`,
};
