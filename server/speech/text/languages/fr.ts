import type { LanguageData } from './language-data.ts';

export const FRENCH: LanguageData = {
  goesOn: `M MM Mme Mmes Mlle Mlles Dr Drs Pr Prof Mgr Sr Sœur Cdt Capt Col Gal Gén Lt Cne Adj Sgt R.P St Ste Sts Stes p.ex
    ex env cf c.-à-d càd i.e dir coll trad éd préf av bd boul bld imp fg rte chem vs anc féd Vve Ets Éts compl resp approx`,
  number: `no nos n p pp pag fig figs tab art arts al alin chap ch vol vols t tt éd ann app réf rem § tél ext bât esc appt
    apt bp env v vv l ll st max min sect`,
  either: 'S.A S.A.R.L S.A.S S.N.C Cie Co Inc Ltd Sté Ass Assoc Univ dép dépt arr sec hab pl P.-D.G Jr Sr',
  ends: 'etc av.J.-C ap.J.-C apr.J.-C a.m p.m s.v.p R.S.V.P suiv',
  calendar: 'janv févr fév avr juil juill sept oct nov déc lun mer jeu ven sam dim',
  dates: `janvier février mars avril mai juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi
    samedi dimanche`,
  labels: `vitamine vitamines plan classe type groupe point partie option version niveau lettre bloc bâtiment porte ligne annexe
    hépatite étape zone variante terminal quai case réponse`,
  starters: `le la les l un une des du de il elle ils elles on nous vous je j tu ce c ça cela cet cette ces mon ma mes ton ta tes son sa ses
    notre nos votre vos leur leurs et mais ou donc or ni car puis alors ensuite après avant ici là aujourd hier demain maintenant si
    quand comme lorsque pourquoi comment où que qu qui quel quelle quels quelles dans en sur sous avec sans pour par chez vers depuis
    pendant selon ne n pas oui non merci bonjour salut s d y aucun aucune chaque tout toute tous toutes plusieurs certains beaucoup
    peut peut-être enfin finalement cependant pourtant toutefois aussi ainsi parfois souvent toujours jamais d'abord est sont était
    a ont faut voici voilà au aux à`,
  local: 'st ch min max sec sam dim mer jeu ven ex Gal Col anc al art app trad esc dir Vve no nos coll hab M',
};
