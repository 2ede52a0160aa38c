import type { LanguageData } from './language-data.ts';

export const ROMANIAN: LanguageData = {
  goesOn: `dl dna d-na d-l dr prof ing arh av acad conf lect asist univ col mr lt cpt sg sf Sf mons pr cuv str bd bdul b-dul
    șos p-ța ex de.ex cca aprox resp incl cf v vs ed trad red coord jud mun ș.a.m.d.de Cal`,
  number: 'nr p pag pp art alin lit cap fig tab vol t ed tel fax bl sc et ap km cod pct par v sec max min',
  either: 'S.A S.R.L S.C Ltd Inc Co mil mld jr gen com',
  ends: 'etc ș.a ș.a.m.d î.Hr d.Hr î.e.n e.n a.m p.m î.Cr d.Cr',
  calendar: 'ian feb mar apr iun iul aug sept sep oct nov dec lun mie vin sâm',
  dates: `ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie luni marți miercuri joi vineri
    sâmbătă duminică`,
  labels:
    'vitamina vitamine vitaminele plan clasa tip grup grupa punct parte opțiune versiune nivel litera bloc clădire poarta linia anexa categoria pas zona',
  starters: `el ea ei ele eu tu noi voi un o una unii unele acest această acești aceste acesta aceasta acel acea cel cea și sau dar însă iar ci că
    pentru deoarece dacă când cum ce cine unde de din în la pe cu fără prin până după înainte despre între sub peste nu da mulțumesc
    bună salut aici acolo azi astăzi mâine ieri acum apoi atunci mai întâi în final totuși deci așadar poate desigur toți toate mulți
    unii fiecare meu mea tău ta său sa nostru noastră vostru lor lui este sunt era au are avem trebuie se te vă mă ne`,
  local: `ex ed or com al av p ap mar mai noi joi vin mil min sec km kg loc de cap lit par pr mr col gen conf max et cod fax
    tel acad incl resp cf dr red cal sg lt SA ore univ tab mie v`,
};
