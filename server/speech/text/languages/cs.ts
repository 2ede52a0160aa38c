import type { LanguageData } from './language-data.ts';

export const CZECH: LanguageData = {
  goesOn: `dr prof doc ing mgr bc mudr judr phdr rndr paedr mvdr thdr arch akad sv pí p pp sl gen plk mjr kpt por npor ul nám
    tř nábř např tj tzv tzn mj resp popř příp cca vč zvl zejm angl něm franc lat srov viz pozn red vyd překl přel ed kol odd
    spol.s.r.o st ml Ing.arch Ph.Dr`,
  number: 'č čís čp s str odst písm čl par kap obr tab sv díl roč tel fax mob ul hod kl r l ř ks max min ev',
  either: 'a.s s.r.o o.p.s z.s Ltd Inc Co spol tis mil mld hod min sek stol r fa Ph.D CSc DrSc MBA ml',
  ends: 'atd apod aj atp př.n.l n.l m.j.n',
  calendar: 'led úno bře dub kvě čvn čvc srp zář říj lis út čt pá',
  dates: `ledna února března dubna května června července srpna září října listopadu prosince pondělí úterý středa čtvrtek pátek sobota
    neděle`,
  ordinalsBefore: 'Máje Liga Ligy Divize Pluk Pluku Armáda Sjezd Sjezdu',
  ordinalsAfter: '',
  hasRomanOrdinals: true,
  labels:
    'vitamin vitaminy vitamín vitamínu plán třída třídy typ skupina skupiny bod část možnost verze úroveň písmeno blok budova brána linka příloha kategorie krok zóna',
  starters: `ten ta to ti ty tam tu tady tak ano ne a ale nebo i proto protože když pokud jestli jak co kdo kde proč kdy zda že který která
    které v ve z ze na do od po před při za nad pod u o pro bez mezi během podle s se k ke on ona ono oni já my vy jeho její jejich můj
    moje náš naše tvůj svůj dnes včera zítra teď potom pak nejdříve nejprve nakonec však také už ještě jen možná bohužel samozřejmě
    všichni všechno každý každá mnoho někteří je jsou byl byla bylo byli má mají lze prosím děkuji dobrý ahoj dobře`,
  local: `po st so ne pro pp ml por ul red ed gen doc asi kol max min par tab kap bod lis dub led km kg ha ks ev fax mob kl
    zn vyd akad arch mil fa sl sv ing pí bc díl tel kpt resp odd viz lat tis p`,
};
