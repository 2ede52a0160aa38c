import type { LanguageData } from './language-data.ts';

export const FINNISH: LanguageData = {
  goesOn: `tri prof toht maist lis fil dos kapt kenr ins dipl.ins rva hra nti tt kirj toim suom esim ts so ks vrt nk ns n mm
    t.s ent nyk synt os ao ko po em engl ruots saks ransk lat vs mukl sis alk p.o v.s`,
  number: 'nro n:o s ss art § mom taul puh p fax os klo k kl vol v vv n kert max min kap',
  either: 'Ltd Inc Co mrk milj mrd tuh min sek t jr sr ym',
  ends: 'jne yms ym eaa jaa eKr jKr ap ip ma.m',
  calendar: 'ma ti ke to pe la su',
  dates: `tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta
    maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai`,
  ordinalsBefore: '',
  ordinalsAfter: '',
  labels:
    'vitamiini vitamiinia luokka tyyppi ryhmä kohta osa versio taso kirjain talo portti linja liite vaihe vyöhyke vaihtoehto',
  starters: `se ne tämä tuo nämä nuo hän he minä sinä me te on oli olivat ei en et emme ja mutta tai sekä koska kun jos että joka mikä mitä
    kuka missä miksi miten milloin siis sitten nyt täällä siellä tänään huomenna eilen myös vain vielä jo kyllä kiitos hei moi hyvä
    kaikki monet moni jotkut ehkä valitettavasti ensin lopuksi kuitenkin silti usein aina joskus hänen minun sinun meidän teidän heidän
    tässä siinä sillä siksi jälkeen ennen`,
  local: `to la su ma ke pe ti em ko so ts ns po ap ip til max min ym art os tt maj ent sis lat alk mm ins lis fil v.s kap jr
    sr elo luku kuva kohta noin suom tri puh kpl eli dos ao n`,
};
