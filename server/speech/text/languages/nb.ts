import type { LanguageData } from './language-data.ts';

/** Both written Norwegians. */
export const NORWEGIAN: LanguageData = {
  goesOn: `dr prof hr fr frk St Sta adv siv.ing ing cand cand.mag stud lic kapt red f.eks feks bl.a d.v.s dvs m.a.o s.k såk
    p.g.a pga ca ifm ift mht mtp vedr ang inkl ekskl evt hhv jf jfr iflg iht sml tidl opprinn f.t f.n nåv avd adm dir kgl alm egl
    eks utg overs gml`,
  number: `nr nre s kap art pkt kl § fig bd tab vedl tlf tel avs ca årg vol pb postb maks max min c p lnr snr gnr bnr t.v t.h
    str kr gt`,
  either: 'Ltd Inc Co Corp jr sr mill mrd sek st stk ss ts dl Ph.D gt vn',
  ends: 'etc osv o.s.v o.l ol m.m mm m.v mv m.fl mfl e.l el.l f.Kr e.Kr fvt evt.d p.m a.m d.e d.y o.a oa',
  calendar: 'jan feb mar apr jun jul aug sep sept okt nov des man tir tirs ons tor tors fre lør søn',
  dates: `januar februar mars april mai juni juli august september oktober november desember mandag tirsdag onsdag torsdag fredag lørdag
    søndag`,
  ordinalsBefore:
    'Januar Februar Mars April Mai Juni Juli August September Oktober November Desember Verdenskrig Divisjon Juledag Søndag',
  ordinalsAfter: 'den det de',
  labels:
    'vitamin vitaminer plan klasse type gruppe punkt del valg versjon nivå bokstav blokk bygning gate linje vedlegg kategori trinn sone',
  suffixes: 'gt vn',
  starters: `den det de en et ei han hun hen ho vi jeg eg du man der her og men eller så for da når hvis fordi derfor at som hva hvem hvor
    hvordan hvorfor hvilken hvilket kva kven korleis kvifor i på av til fra frå med uten under over etter før innen mellom hos ved gjennom
    siden nå no også ikke ikkje ja nei takk hei alle alt mange noen noe ingen min mitt mine din ditt dine hans hennes deres vår vårt våre
    sin sitt er var har hadde kan skal skulle vil må får blir kanskje dessverre først sist endelig likevel derimot ofte alltid aldri
    bra greit ok okei deretter etterpå`,
  local: `fr red adv ang max min del mm mv ol kr man tor fre jan mai mobil bind art el mar ca dr eks dir ing utg stud lic adm
    cirka AS dl oa pkt vol str gml st mag maj ss ts no snr mill alm sjef cand.mag iht des ons vn cand`,
};
