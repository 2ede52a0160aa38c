import type { LanguageData } from './language-data.ts';

export const POLISH: LanguageData = {
  goesOn: `dr hab mgr inż prof ks bp abp kard św bł o p ob lek med lic doc gen płk mjr kpt por ppor ppłk sierż plut kpr st ul
    al pl os pow woj gm np tj tzn m.in tzw zob ww jw pt ds dot wg red tłum oprac wyd pod.red przeł s.c pn śp płn płd wsch zach ang
    łac niem ros m.st hr`,
  number: `nr nry str s ss r poz art ust pkt lit par rozdz rys tab tel kom wew t z godz m lok bl kl ok zał wyd vol dz km w n
    p min maks dn`,
  either: 'r w ww tys mln mld bln sp Sp.z.o.o o.o S.A Ltd Inc Co wlkp ur zm szt godz sek jr sr pp proc im ok',
  ends: 'itd itp etc in n.e p.n.e br ub bm cdn',
  calendar: 'sty lut mar kwi cze lip sie wrz paź lis gru pon wt śr czw pt sob niedz',
  dates: `stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia poniedziałek wtorek środa
    czwartek piątek sobota niedziela`,
  ordinalsBefore: `Dywizja Dywizji Pułk Pułku Armia Armii Brygada Brygady Korpus Korpusu Batalion Liga Ligi Kongres Zjazd Festiwal Festiwalu Konkurs
    Konkursu Maja`,
  ordinalsAfter: '',
  labels: `witamina witaminy witaminę plan klasa klasy typ grupa grupy punkt część opcja wersja poziom litera blok budynek brama linia
    załącznik kategoria krok strefa`,
  starters: `ten ta to te ci tam tu tutaj tak nie i a ale lub albo oraz więc bo gdy kiedy jeśli jeżeli jak co kto gdzie dlaczego czy że który
    która które w we z ze na do od po przed przez przy za nad pod u o dla bez między podczas według on ona ono oni one ja ty my wy jego
    jej ich mój moja moje nasz nasza nasze twój twoja swój dziś dzisiaj wczoraj jutro teraz potem później wtedy następnie najpierw
    wreszcie jednak również także też już jeszcze tylko może pewnie niestety oczywiście dlatego wszystko wszyscy każdy każda wiele
    niektórzy jest są był była było byli ma mają można trzeba proszę dziękuję dzień cześć dobrze`,
  local: `st pl im al red fr por gen doc med lit ok in mar lip km cm par kl ang pt vol art zm wt ss lek lic lis tab jr sr gr
    sp min hr ros kom ob ur hab proc sob o p`,
};
