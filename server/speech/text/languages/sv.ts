import type { LanguageData } from './language-data.ts';

export const SWEDISH: LanguageData = {
  goesOn: `dr prof doc hr fr frk St S:t S:ta adv ing civ.ing kapt löjtn bitr tf f.d fd t.ex tex d.v.s dvs m.a.o s.k sk p.g.a
    pga c:a i.st i.o.m resp inkl exkl jfr jmf eg egentl enl ev evtl fr.o.m t.o.m f.ö f.n fn n.b förf red övers utg urspr vanl avd
    ang avs betr t.h.t m.h.t m.a.p beträff bla s.a.s i.a bl.a ca`,
  number: 'kl nr nrn s sid sidd kap art st § mom p pkt fig tab tel tfn mobiltel vol bd lgh årg c ca t.v max min k uppg',
  either: 'Ltd Inc Co Corp jr sr sek mnd mkr mdr st milj mkt Ph.D el',
  ends: 'etc osv o.s.v o.d od m.m mm m.fl mfl e.d ed f.Kr e.Kr e.m em f.m fm o.dyl d.ä d.y p.m a.m s.a',
  calendar: 'jan feb apr jun jul aug sep sept okt nov dec mån tis ons tors fre lör sön',
  dates: `januari februari mars april maj juni juli augusti september oktober november december måndag tisdag onsdag torsdag fredag
    lördag söndag`,
  labels: `vitamin vitaminer plan klass typ grupp punkt del alternativ version nivå bokstav block hus byggnad gate linje bilaga kategori
    steg zon variant perrong spår`,
  suffixes: 'gat',
  starters: `den det de en ett han hon hen vi ni jag du man och men eller så för då när om därför att som vad vem var hur varför vilken vilket
    vilka i på av till från med utan under över efter före innan mellan hos vid genom sedan nu här där idag imorgon igår också inte ja
    nej tack hej alla allt många några någon ingen inget min mitt mina din ditt dina hans hennes deras vår vårt våra sin sitt är var
    har hade kan ska skulle vill måste får blir kanske tyvärr först sist slutligen dock däremot ibland ofta alltid aldrig bra okej`,
  local: `fr el sk ev tf red utg st max min mm em fm ed od del art dr mars maj doc rad box vers ca ist tex adv Co mom kr ons
    fre resp mr band tab ing ang enl sr cirka bla eg tis`,
};
