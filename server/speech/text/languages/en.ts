import type { LanguageData } from './language-data.ts';

export const ENGLISH: LanguageData = {
  goesOn: `Dr Drs mr mrs ms mx messrs Prof Profs Rev Revd Hon St Mt Ft Gen Col Capt Cpt Lt Sgt Maj Cmdr Cdr Adm Brig Cpl Pvt
    Pfc Gov Sen Rep Pres Supt Insp Atty Amb Msgr Fr Mlle Mme vs cf viz e.g i.e approx resp incl excl aka a.k.a c.f n.b Lt.Col
    Lt.Gen Maj.Gen Wm Geo Chas Jas Thos`,
  number: `no nos nr num fig figs Tab eq eqs p pp ch chap Sec sect Sect Art Arts vol vols ed para tel ext rm ste Apt ver v bk
    Pt ln ll ca c circa b d max min est avg Op Nos`,
  either: `Inc Ltd Co Cos Corp LLC Jr Sr Bros dept Univ Assn Ave Blvd Rd Ln Hwy Pkwy Sq Ct Pl Bldg attn al Ph.D M.D B.A M.A
    B.Sc M.Sc Esq dr prof`,
  ends: 'etc a.m p.m b.c a.d b.c.e c.e',
  calendar: 'Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Weds Thu Thur Thurs Fri Sat Sun',
  dates: `January February March April May June July August September October November December Monday Tuesday Wednesday Thursday
    Friday Saturday Sunday EST EDT CST CDT MST MDT PST PDT GMT UTC ET PT CET Eastern Pacific`,
  labels: `vitamin vitamins plan option options class type grade grades group part section step version letter letters exhibit schedule
    appendix annex gate block building room team column row level line point case answer choice side unit zone hepatitis`,
  starters: `the a an this that these those it its it's he she we you they i i'm i'll i've there there's here's here and but
    or so in on at if when while what what's who how why where which then now however for not yes no please as his her their our
    my your let let's do don't did does is are was were can can't could will would should must may might have has had after before
    also still just only even because since although though maybe perhaps well ok okay oh thanks thank sorry sure that's he's
    she's we're they're you're to with by from about during until once one some many most all both each every another other today
    tomorrow yesterday never always sometimes often first second third finally next meanwhile instead otherwise therefore thus
    nobody somebody someone something everything everyone anyone anything nothing more few several such same`,
  local: 'no Sat Sun Mar ed max min est Pl al Pt prof Art Tab para ver num Tue nos',
};
