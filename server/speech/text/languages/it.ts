import type { LanguageData } from './language-data.ts';

export const ITALIAN: LanguageData = {
  goesOn: `Sigg Sig.ra Sig.na Sig.re Sigra Signa Dott.ssa Dottssa Dr Dr.ssa Prof.ssa Proff Sen Gen Col Cap Ten Magg Mar Brig
    Mons Fr Sr SS Sto Sta Uff Cav.Uff Egr Gent Gent.ma Ill.mo Spett Rev Preg p.es es ad.es p.e cfr cf c.d ca vs i.e e.g ecc.mo
    p.zza p.le c.so v.le vic l.go V.le P.za P.zza C.so L.go str loc fraz fam F.lli dir trad ediz pref ss.mm sig dott prof avv ing
    arch geom rag on onn cav comm sen`,
  number: `n nn num nr pag pagg p pp art artt c lett cap capp fig figg tab tav vol voll t ed sez par tel fax int ext cell all
    sc km v vv rif prot d.lgs d.l dlgs D.Lgs D.L D.P.R d.p.r L l reg ver vers mod max min co`,
  either: `S.p.A S.r.l S.a.s S.n.c S.p.a SpA Srl s.p.a s.r.l Co Inc Ltd Corp Soc Ass Univ Dip Dipt ab Jr N.d.R N.d.A N.d.T
    O.d.G`,
  ends: 'ecc etc a.C d.C a.m p.m s.l.m c.m c.a',
  calendar: 'gen genn feb febb mar apr mag giu giug lug ago sett set ott nov dic lun mer gio ven sab dom',
  dates: `gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre lunedì martedì mercoledì giovedì
    venerdì sabato domenica`,
  labels: `vitamina vitamine piano classe tipo gruppo punto parte opzione versione livello lettera blocco edificio porta linea allegato
    epatite zona variante passo terminal categoria risposta serie`,
  starters: `il lo la i gli le l un uno una egli lui lei loro noi voi io tu essi questo questa questi queste quello quella quelli quelle
    ciò e ed ma o oppure però né quindi dunque perché che chi cosa come dove quando quanto quale quali per con senza in di del dello della
    dei degli delle a al allo alla ai agli alle da dal dalla su sul sulla tra fra se mentre anche ancora poi dopo prima oggi ieri domani ora
    adesso allora qui qua lì là non sì grazie ciao buongiorno mio mia miei mie tuo tua suo sua suoi sue nostro nostra vostro si mi ti ci vi
    è sono era erano ha hanno c'è ci ogni tutto tutta tutti tutte molti molte alcuni alcune nessuno niente mai sempre forse infine
    inoltre tuttavia così già solo più meno molto bene certo`,
  local: `On Cap Mar SS all es str loc dir ed par mod ver vers reg int sc ab min max set mag lug mar dom ven gen art ca cap
    tab vic Ten Sen Gen Uff Sr Fr fam ext on rag comm sen arch cav ago mer ott num coll dott lett co`,
};
