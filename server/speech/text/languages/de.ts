import type { LanguageData } from './language-data.ts';

export const GERMAN: LanguageData = {
  goesOn: `dr Dr.med Dr.phil Dr.jur Dr.rer.nat Dr.h.c Dr.med.dent Drs prof Hr Hrn Hrsg Frl Fam Fa Gebr dipl Ing Dipl.-Ing
    Dipl.-Kfm Dr.-Ing Mag rer.nat rer.pol h.c ca z.B d.h d.i u.U u.a.m bzw ggf ggfs evtl inkl exkl einschl ausschl zzgl abzgl sog
    vgl insb insbes bes eigtl ehem entspr gem lt i.d.R i.S.v i.V.m i.A i.V i.Z.m m.E u.E z.T z.Z z.Zt z.Hd zz zzt b.a.w a.a.O beil
    rd mind höchst betr bzgl hinsichtl gegr verh verw gesch geb röm kath ev röm.-kath österr schweiz dt frz engl lat allg pers St
    Skt Hl Hll Kgl Gf Frh Exz näml o.g Dr.dent med.dent Joh Seb Chr Wilh Friedr Dipl.-Psych Dipl.-Inf Dipl.-Phys Dipl.-Päd
    Dipl.-Biol Urt`,
  number: `Nr Nrn No S Abb Abs Art Artt Bd Bde Kap Tab Taf Anm Fn Rn Rdn Rdnr Rz Ziff Buchst Az Tel Str Pl Jg H Ausg Aufl Ver
    Vol lfd Pos Kl Bl gest verst Kto Hs Hausnr Tl Abt Sp Z Par max min`,
  either: `etc Co Inc Ltd Corp u.a usf Str Pl Mio Mrd Tsd Std Min Sek Sekd Stk Stck Pkt Pck Pckg Prot Dtzd Pfd Ztr Kl Jh Jhd
    Jahrh Jhdt Fr Bhf Hbf Abt Ges Geb Reg Univ Inst Kr Bez Reg.-Bez tägl wö mtl jährl stdl EL TL Msp Ltg Verf Übers Jr jun sen a.D
    i.R d.Ä d.J ff`,
  ends: 'usw u.v.m u.v.a u.Ä u.ä o.Ä o.ä o.dgl u.dgl v.Chr n.Chr v.u.Z n.u.Z e.V u.s.w a.m p.m k.A s.o s.u',
  calendar: 'Jan Feb Febr Mrz Apr Jun Jul Aug Sep Sept Okt Nov Dez Mo Di Mi Do Fr Sa So Mon',
  dates: `Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Montag Dienstag Mittwoch
    Donnerstag Freitag Samstag Sonnabend Sonntag Uhr`,
  ordinalsBefore: `Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober November Dezember Jan Feb Mrz Apr Jun Jul
    Aug Sep Sept Okt Nov Dez Jahrhundert Jahrhunderts Jahrhunderte Jahrhunderten Jh Jhd Jhs Jahrtausend Jahrtausends Weltkrieg Weltkriegs Weltkrieges Stock
    Stockwerk Etage OG UG Klasse Klassen Liga Bundesliga Auflage Spieltag Advent FC Semester Quartal Quartals Halbjahr Geburtstag Todestag
    Jahrestag Hochzeitstag Lebensjahr Lebensjahrs Lebensjahres Bezirk Kapitel Band Platz Rang Absatz Dezennium Internationale`,
  ordinalsAfter: `am im zum zur vom beim der die das den dem des ein eine einen einem einer eines jeder jede jedes jeden jedem dieser diese dieses
    diesen diesem mein meine meinen meinem meiner meines dein deine deinen deinem deiner sein seine seinen seinem seiner ihr ihre ihren
    ihrem ihrer unser unsere unseren unserem unserer euer eure euren eurem eurer kein keine keinen ins ans ums fürs`,
  labels: `vitamin vitamine plan klasse typ gruppe punkt teil option version variante note buchstabe buchstaben stufe kategorie linie gate
    halle block haus route hepatitis phase fall team seite abschnitt anlage anhang schritt aufgabe lösung antwort ebene zone dur moll
    blutgruppe größe kennbuchstabe`,
  suffixes: 'str',
  starters: `also der die das den dem des er sie es wir ich du ihr ihnen und aber oder denn doch dann danach da dort hier
    heute morgen gestern jetzt nun was wie wo wer wen wem wann warum wieso weshalb welche welcher welches wenn weil dass ob als im
    in an am auf aus bei mit nach seit von vom vor zu zum zur für um durch über unter zwischen während wegen trotz ohne gegen bis
    ein eine einer einen einem kein keine keiner mein meine dein deine sein seine ihre unser unsere man jeder jede jedes alle
    viele manche einige beide diese dieser dieses diesen diesem nicht ja nein bitte danke so auch nur noch schon sehr vielleicht
    natürlich leider außerdem trotzdem deshalb daher darum deswegen dabei dazu damit davon daran darauf dafür zuerst zunächst
    schließlich endlich allerdings jedoch inzwischen später früher bald oft immer nie manchmal meistens eigentlich übrigens gut
    okay ok hallo ist sind war hat haben kann können soll muss wird werden würde lass lassen gibt kommt sag komm ruf bring niemand
    jemand etwas nichts alles mehr andere sonst selbst erst zwar ganz genau wieder wenige sicher klar genug halt warte schau nimm
    geh hör`,
  local:
    'Di Mo Mi Do So Sa Min Pl ab um rd lt gem Mag Co Art Par max min Vol No Ver Op pers St Jun Mon sen mind lat Fa',
};
