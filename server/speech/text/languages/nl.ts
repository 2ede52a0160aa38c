import type { LanguageData } from './language-data.ts';

export const DUTCH: LanguageData = {
  goesOn: `dr drs mr mrs ir ing prof dhr mevr mw mej mgr ds jhr jkvr fam gebr Kol Lt Maj Gen Sgt St Ste H Hh Z.M H.M Z.K.H
    H.K.H bijv bv ca d.w.z m.a.w o.a m.n i.p.v i.v.m m.b.t m.b.v i.h.b t.a.v t.b.v t.o.v t.g.v a.d.h.v a.g.v d.m.v o.l.v o.b.v
    n.a.v i.s.m i.o.v i.t.t t.w resp incl excl vgl zgn evt ev zg i.c e.e.a vnl m.i.v m.u.v t.e.m t.n.v v.a plm ong gem geb wijlen`,
  number: `nr nrs no art artt p pag pp blz fig afb tab hfdst hst par dl vol jrg jg tel fax lid st bus postb pb kl afl aant
    max min hfst`,
  either:
    'Co Inc Ltd Corp N.V B.V V.O.F v.o.f sec u mnd wk jr st str ln pl mln mld pk stk afd dep Kon Ned Ph.D M.Sc B.Sc sr',
  ends: 'etc enz e.d e.a s.v.p a.u.b v.Chr n.Chr m.m n.v.t p.p p.m a.m ww',
  calendar: 'jan feb febr mrt apr jun jul aug sep sept okt nov dec ma di wo do vr za zo',
  dates: `januari februari maart april mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag
    vrijdag zaterdag zondag uur`,
  labels: `vitamine vitaminen plan klasse type groep punt deel optie versie niveau letter blok gebouw route gate spoor perron lijn
    bijlage categorie stap zone variant`,
  suffixes: 'str ln',
  starters: `de het een dit dat die deze er hij zij ze wij we ik jij je u jullie men en maar of want dus toen dan nu hier daar vandaag
    morgen gisteren als omdat hoewel wanneer waarom waar wat wie hoe welke in op aan bij met na van voor over tot uit om door tijdens
    zonder sinds tussen niet ja nee graag dank bedankt ook nog al alle veel sommige mijn jouw zijn haar ons onze hun geen ieder iedere
    iedereen niemand misschien helaas natuurlijk daarom daarna eerst ten tenslotte later soms vaak altijd nooit is was heeft hebben kan
    kun kunt mag moet zal zou wil laat goed oké ok hallo dag`,
  local: 'ma di wo do vr za zo min max st ln pl bv gem ing mr ds no al dl pk wk ca bus ev lid kl str ir par mej ned',
};
