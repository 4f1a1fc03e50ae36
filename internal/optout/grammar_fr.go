package optout

// french is how people ask in French, in France and in Canada. Folding has taken accents and apostrophes off: "n'envoyez"
// is "nenvoyez", "d'envoyer" is "denvoyer".
func french() language {
	return language{
		locale: "fr",
		ignored: "svp|s il vous plait|sil vous plait|s il te plait|sil te plait|stp|please|merci|merci beaucoup|" +
			"merci bien|merci de|merci d|de grace|bonjour|bonsoir|salut|allo|madame|monsieur|messieurs|ok|daccord|" +
			"d accord|bon|maintenant|tout de suite|immediatement|des maintenant|des que possible|au plus vite|" +
			"desole|desolee|pardon|excusez moi|juste|simplement|deja|encore|et|une fois pour toutes|" +
			"definitivement|a jamais|pour toujours|merde|putain|bordel|fuck|con|connard|connards|salauds|enfin|" +
			"vraiment|bien vouloir|cordialement|bonne journee|bonne soiree|urgent|je vous prie|je vous en prie|" +
			"je vous remercie de|je vous remercie|veuillez|veuillez bien|veuiller|priere de|prierede|a l avenir|" +
			"a lavenir|dorenavant|desormais|tabarnak|calisse|crisse",
		classes: map[string]string{
			"AIM":      "de|du|pour|sur|a",
			"THROUGH":  "que|de|veux|voudrais|demande|vous|a|me|pour",
			"STOP":     "stop|arrete|arretes|arretez|arreter|arret|cesse|cessez|cesser|stopper|stoppez|stoppe|fin|finissez|arete|aretez|areter|arrettez|arretter|darreter|d arreter|de cesser|de stopper",
			"STOPBARE": "stop|arrete|arretez|arreter|arret|cessez|stoppez|arretez ca|arrete ca|arretez tout|cessez ca|arretez cela|stop ca|stop cela|stop tout|aretez|arrettez|arrete moi ca|darreter|d arreter",
			"END":      "annuler|annulez|annule|resilier|resiliez|resilie|terminer|terminez|supprimer|supprimez|supprime|fin|mettre fin a|mettez fin a|mettre fin aux|mettez fin aux",
			"SENDING":  "de menvoyer|de m envoyer|de mecrire|de m ecrire|denvoyer|d envoyer|de me texter|de texter|de me contacter|de me deranger|de me harceler|de me spammer|de mimportuner|de m importuner|de memmerder|de m emmerder|denvoyer des|de me solliciter|de nous envoyer|de nous contacter|de nous ecrire|de nous deranger|de recevoir|de me relancer|de me faire chier|le harcelement|les envois|lenvoi de|l envoi de|lenvoi|tout envoi|tous les envois|tout envoi de|vos envois|de spammer|de me spamer|de me derange|de m appeler et|de me messager|de mecrir",
			"SEND":     "menvoyez|m envoyez|menvoie|m envoie|menvoyer|m envoyer|menvoye|m ecrivez|mecrivez|mecris|mecrire|m ecrire|mecrivez pas|envoyez|envoie|envoyer|envoyez moi|me contactez|me contacte|me contacter|contactez|contacter|contactez moi|me textez|me texte|me texter|textez|texter|textez moi|texte moi|me derangez|me deranger|me derange|derangez|ecrivez|ecrire|ecrivez moi|me sollicitez|me solliciter|me relancez|me harcelez|nous contactez|nous envoyez|nous ecrivez|me spammez|menvoyer de|me envoyer|me envoyez",
			"RECEIVE":  "recevoir|recevoir de|recevoir des|recevoir vos|recevoir ces|recevoir les|en recevoir|les recevoir|etre contacte|etre contactee|etre derange|etre derangee|etre sollicite|etre sollicitee|que vous menvoyiez|que vous m envoyiez|que vous me contactiez|que vous mecriviez|que lon me contacte|etre sur cette liste|etre sur votre liste|etre sur la liste|faire partie de cette liste|faire partie de votre liste",
			"TEXTS":    "message|messages|msg|msgs|sms|texto|textos|text|texts|textes|mms|alerte|alertes|notification|notifications|pub|pubs|publicite|publicites|promo|promos|promotions|offre|offres|spam|spams|rappels|courriels|newsletter|newsletters|infolettre|abonnement|inscription|communication|communications|sollicitation|sollicitations|rien|relances|messages texte|messages textes|messages publicitaires|sms publicitaires|demarchage|contact|contacts",
			"A":        "le|la|les|un|une|des|de|du|d|ces|ce|cet|cette|ses|vos|votre|ton|tes|ta|mon|mes|tous|tout|toute|toutes|tous ces|tous les|tous vos|toutes vos|toutes ces|avec|avec les|avec vos|avec ces|avec tes|autres|aucun|aucune|vos propres|a|aux|au|moi|me|nous|de ces|de vos|de tes|commerciaux|publicitaires|promotionnels|indesirables|automatiques|sur",
			"ME":       "a ce numero|ce numero|sur ce numero|mon numero|a mon numero|sur mon numero|mon telephone|sur mon telephone|mon portable|sur mon portable|mon cellulaire|sur mon cell|moi|me|a ce telephone",
			"NOT":      "ne|n|pas|plus|jamais|non|sans|aucunement",
			"NE":       "ne|n",
			"PLUS":     "plus|pas|jamais|plus jamais|plus du tout|pas du tout|rien|aucun|aucune|plus aucun|plus aucune|plus rien",
			"WANT":     "veux|voudrais|souhaite|desire|souhaitons|voulons|aimerais|accepte|consens|suis pas interesse|autorise|veu|tiens a|consens a",
			"WISH":     "je veux|je voudrais|je souhaite|je desire|jaimerais|j aimerais|nous souhaitons|je demande|je vous demande|je vous demande de|je demande a|pouvez vous|pourriez vous|peux tu|pourrais tu|voulez vous|comment|comment je|comment faire pour|comment puis je|comment peut on|comment fait on pour|je tiens a|il faut|vous devez|jexige que vous|j exige que vous|jexige|je veux que vous|je voudrais que vous|puis je|je peux|est ce que je peux|est il possible de|possible de|pour|me|je dois faire quoi pour|que faire pour|je ne sais pas comment|jai essaye de|je vous prie de",
			"UNSUB":    "desabonner|me desabonner|se desabonner|desabonnez moi|desabonnez|desabonne moi|desabonnement|desabonne|desinscrire|me desinscrire|se desinscrire|desinscrivez moi|desinscris moi|desinscription|desinscrivez|resilier mon abonnement|annuler mon abonnement|annulez mon abonnement|resiliez mon abonnement|resiliation|retirer mon consentement|je retire mon consentement|retire mon consentement|revoquer mon consentement|je revoque mon consentement|revoque mon consentement|mettre fin a mon abonnement|me retirer|me desister|desabonner moi|desabonez moi|desabonner de|desinscrire de|me desabonner de|desabonnez nous|annuler mon inscription|annulez mon inscription|sortir de cette liste|sortir de la liste|sortir de votre liste",
			"REMOVE":   "retirez moi|retire moi|enlevez moi|enleve moi|supprimez moi|supprime moi|effacez moi|efface moi|otez moi|ote moi|rayez moi|raye moi|sortez moi|sors moi|excluez moi|eliminez moi|retirer|enlever|supprimer|effacer|retirez|enlevez|supprimez|effacez|supprime|efface|enleve|retire|oubliez|oublie|perdez|rayez|me retirer|menlever|m enlever|me supprimer|me rayer|me retirez",
			"REMOVEME": "retirez moi|retire moi|enlevez moi|enleve moi|supprimez moi|effacez moi|otez moi|rayez moi|sortez moi|supprime moi|efface moi",
			"MINE":     "mon numero|ce numero|mon telephone|mon cellulaire|mon portable|mon nom|mes coordonnees|mes donnees|mon contact|mes informations|mon no|mon num|mon numero de telephone",
			"LIST":     "de la liste|de votre liste|de cette liste|de vos listes|de ta liste|de la liste de diffusion|de votre liste de diffusion|de la base de donnees|de votre base de donnees|de vos fichiers|de votre fichier|de vos contacts|de tes contacts|de votre systeme|de vos envois|de votre base|de vos bases|de la liste denvoi|de votre liste denvoi|de ces listes|de toutes vos listes|du groupe|de ce groupe|de vos registres|de ces messages|de vos messages|des listes|de vos bases de donnees|de votre liste de contacts",
			"ALONE":    "laissez moi tranquille|laisse moi tranquille|laissez nous tranquilles|fichez moi la paix|foutez moi la paix|fiche moi la paix|fous moi la paix|lachez moi|lache moi|laissez moi en paix|laisse moi en paix|foutez nous la paix|laissez nous tranquille|lachez nous",
			"WRONG":    "mauvais numero|faux numero|erreur de numero|vous vous trompez de numero|tu te trompes de numero|vous avez le mauvais numero|vous etes trompe de numero|vous etes trompes de numero|vous vous etes trompe de numero|mauvaise personne|pas le bon numero|pas la bonne personne|trompe de numero|trompes de numero|numero errone|erreur de destinataire|trompez de numero|trompez de personne",
			"OTHER":    "il|elle|ils|elles|mon ex|mon mari|ma femme|mon copain|ma copine|mon fils|ma fille|ma mere|mon pere|mon frere|ma soeur|mon chef|mon patron|mon ami|mon amie|mes amis|quelquun|personne ne|on|lui|ex",
			"I":        "je|j|nous|jai|jarrete|je me suis|me suis|jai fait|je me",
			"YOU":      "vous|tu|toi",
			"IF":       "si|quand|lorsque|avant|apres|jusqua|jusqu|pendant|des que|tant que",
			"WHEN":     "jusqua|jusqu|avant|apres|quand|pendant|si tot|si tard|aussi tot|aussi tard|la nuit|le soir|le dimanche|le matin|le weekend|si souvent|aussi souvent|autant|tant|pour le moment|pour linstant|aujourdhui|sauf|a cette heure|a moins",
			"START":    "start|recommencer|recommencez|reprendre|reprenez|reabonner|me reabonner|reabonnez moi|me reinscrire|reinscrivez moi|mabonner|m abonner|abonnez moi|minscrire|m inscrire|inscrivez moi|inscription|abonnement|commencer|debuter",
			"HELP":     "aide|aidez moi|aide moi|a laide|jai besoin daide|besoin daide|au secours|help",
			"REFUSE":   "non merci|pas interesse|pas interessee|je ne suis pas interesse|je ne suis pas interessee|je suis pas interesse|je suis pas interessee|ca ne minteresse pas|ca minteresse pas|pas interesses|ne minteresse pas|cela ne minteresse pas|sans facon|je nen veux pas|jen veux pas|jen veux plus|je nen veux plus",
		},
		readings: []reading{
			{name: "stop_contacting_me", intent: OptOut, imperative: true, patterns: []string{"STOP A* SENDING", "STOP A* TEXTS $", "STOP SENDING A* TEXTS", "STOP YOU SENDING", "STOP TEXTS $", "STOP ME $"}},
			{name: "stop_messages", intent: OptOut, imperative: true, patterns: []string{"END A* TEXTS", "END SENDING A* TEXTS", "END SENDING"}},
			{name: "do_not_contact", intent: OptOut, patterns: []string{"NE PLUS* SEND PLUS $", "NE SEND PLUS $", "NE SEND PLUS A* TEXTS", "NE PLUS SEND $", "NE PLUS SEND A* TEXTS", "PLUS SEND $", "PLUS SEND A* TEXTS", "^ SEND PLUS $", "^ SEND PLUS A* TEXTS", "NE plus SEND", "de NE PLUS SEND", "que vous NE SEND PLUS", "nenvoyez PLUS A* TEXTS", "nenvoie PLUS A* TEXTS", "necrivez PLUS $", "nenvoyez PLUS $", "NE SEND plus"}},
			{name: "remove_me", intent: OptOut, patterns: []string{"REMOVEME $", "REMOVE LIST", "REMOVE A* MINE", "REMOVEME LIST", "WISH etre retire LIST", "WISH etre retiree LIST", "WISH etre supprime LIST", "REMOVE A* ME LIST", "etre retire LIST", "etre retiree LIST", "WISH etre retire $"}},
			{name: "unsubscribe", intent: OptOut, patterns: []string{"UNSUB $", "UNSUB A* TEXTS", "UNSUB LIST", "UNSUB A* ME", "UNSUB A* ME LIST", "^ UNSUB ME", "UNSUB YOU"}},
			{name: "no_more_messages", intent: OptOut, patterns: []string{"^ plus A* TEXTS $", "plus aucun TEXTS", "assez A* TEXTS", "^ NOT A* TEXTS $", "^ plus TEXTS"}},
			{name: "messages_not_wanted", intent: OptOut, patterns: []string{"NE WANT PLUS RECEIVE", "NE WANT PLUS A* TEXTS", "NE WANT PLUS SEND", "NE WANT PLUS que YOU", "NE WANT PLUS etre contacte", "NE WANT PLUS etre contactee", "NE WANT PLUS entendre", "WANT PLUS RECEIVE", "WANT PLUS A* TEXTS", "WANT NE PLUS RECEIVE", "NE PLUS RECEIVE", "WANT PLUS SEND", "WANT PLUS que YOU SEND", "WANT PLUS que", "PLUS RECEIVE A* TEXTS", "WANT PLUS etre contacte", "WANT PLUS etre contactee", "NE PLUS etre contacte", "NE PLUS etre contactee", "NE PLUS etre derange", "WISH NE PLUS RECEIVE", "WISH PLUS RECEIVE", "WISH PLUS A* TEXTS", "WISH PLUS que YOU", "WANT PLUS entendre"}},
			{name: "leave_me_alone", intent: OptOut, patterns: []string{"ALONE"}},
			{name: "wrong_number", intent: OptOut, imperative: true, patterns: []string{"WRONG !AIM"}},
			{name: "stop", intent: OptOut, alone: true, patterns: []string{"^ WISH? STOPBARE STOPBARE* A* ME* $"}},

			{name: "cancel_or_end", intent: Unclear, alone: true, patterns: []string{"^ WISH? END A* $"}},
			{name: "condition", intent: Unclear, patterns: []string{"^ STOPBARE WHEN"}},
			{name: "stop_with_more", intent: Unclear, alone: true, patterns: []string{"^ stop _ $"}},
			{name: "refusal", intent: Unclear, patterns: []string{"^ REFUSE $", "^ assez $", "^ ca suffit $"}},
			{name: "complaint", intent: Unclear, patterns: []string{"harcelement", "cest du spam", "pourquoi YOU SEND", "pourquoi YOU me SEND", "pourquoi YOU menvoyez", "pourquoi je recois", "NE me suis jamais inscrit", "NE me suis jamais inscrite", "me suis PLUS inscrit", "me suis PLUS inscrite", "me suis jamais inscrit", "me suis jamais inscrite", "me suis jamais abonne", "jamais demande", "PLUS demande", "rien demande", "avocat", "porter plainte", "vais porter plainte", "plainte", "signaler", "bloquer", "bloque", "dou YOU avez MINE", "comment avez vous eu MINE", "comment YOU avez eu MINE", "qui YOU a donne MINE", "trop de TEXTS", "cnil", "crtc"}},
			{name: "somebody_elses_number", intent: Unclear, anyone: true, patterns: []string{"je NE suis PLUS _ $", "je suis PLUS _ $", "nhabite plus ici", "n habite plus ici", "habite plus ici", "ne vit plus ici", "ne travaille plus ici", "travaille plus ici", "^ ce nest PLUS _ $", "^ ce n est PLUS _ $", "ce nest PLUS MINE", "ce nest PLUS son numero", "decede", "decedee", "est mort", "est morte", "connais PLUS de", "nest plus a ce numero", "a change de numero"}},
			{name: "go_away", intent: Unclear, patterns: []string{"^ allez YOU en", "^ degage", "^ degagez", "^ va te faire", "^ allez YOU faire", "^ casse toi", "^ cassez YOU"}},

			{name: "start_again", intent: OptIn, alone: true, patterns: []string{"^ WISH? START A* TEXTS* LIST? $"}},
			{name: "asks_for_help", intent: Help, alone: true, patterns: []string{"^ HELP HELP* $"}},
			{name: "question", intent: neutral, patterns: []string{"^ qui est ce $", "^ qui etes vous $", "^ cest qui $", "^ qui es tu $", "^ tes qui $", "^ YOU etes qui $", "^ REFUSE $", "^ je ne YOU connais NOT $"}},
		},
	}
}
