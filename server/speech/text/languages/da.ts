import type { LanguageData } from './language-data.ts';

export const DANISH: LanguageData = {
  goesOn: `dr prof hr fr frk skt st sgt kapt adv ing cand cand.mag cand.polit mag stud stud.med lic pens afd adm dir kgl
    f.eks feks fx bl.a d.v.s dvs m.a.o s.k såk p.g.a pga ca i.st ifm ift mht mhp vedr ang inkl ekskl evt hhv jf jfr jvf iflg sml
    osv.m tidl nuv opr oprindl pba f.n fhv forh udg red overs eksp alm egl eks min.præs gl`,
  number: `nr nre s kap art stk litra pkt kl § fig bd tab tlf telf lb.nr lbnr afs ca årg vol postb max maks min c p t.v t.h
    kr`,
  either: 'Ltd Inc Co Corp jr sr mio mia sek st mf dl spsk tsk Ph.D',
  ends: 'etc osv o.s.v o.l ol m.m mm m.v mv m.fl mfl e.l el.lign f.Kr e.Kr p.m a.m d.æ d.y o.a oa',
  calendar: 'jan feb mar apr jun jul aug sep sept okt nov dec man tir ons tor tors fre lør søn',
  dates: `januar februar marts april maj juni juli august september oktober november december mandag tirsdag onsdag torsdag fredag lørdag
    søndag Januar Februar Marts Maj Juni Juli Oktober`,
  ordinalsBefore:
    'Januar Februar Marts April Maj Juni Juli August September Oktober November December Verdenskrig Division Distrikt Søndag Juledag',
  ordinalsAfter: 'den det de',
  labels:
    'vitamin vitaminer plan klasse type gruppe punkt del valg version niveau bogstav blok bygning gate linje bilag kategori trin zone',
  suffixes: 'gd vj',
  starters: `den det de en et han hun vi i jeg du man der her og men eller så for da når hvis fordi derfor at som hvad hvem hvor hvordan hvorfor
    hvornår hvilken hvilket på af til fra med uden under over efter før inden mellem hos ved gennem siden nu i idag i morgen også ikke ja
    nej tak hej alle alt mange nogle nogen ingen intet min mit mine din dit dine hans hendes deres vores sin sit er var har havde kan skal
    skulle vil må får bliver måske desværre først sidst endelig dog derimod nogle gange ofte altid aldrig godt okay bagefter derefter`,
  local: `fr st red gl mag adv alm fx ang max min del mm mv ol mf kr man tor fre jan maj mobil bind art el mar ca dr eks dir
    ing nr.s ifm udg pens stud lic adm sgt cirka th tv dl oa pkt vol angiv bestå mio mia ons cand`,
};
