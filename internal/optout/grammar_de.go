package optout

// german is how people ask in German. Folding has taken umlauts off and made ß ss; "ae", "oe", "ue" are listed where
// people write them.
func german() language {
	return language{
		locale: "de",
		commas: true,
		ignored: "bitte|bitteschon|danke|dankeschon|vielen dank|danke schon|danke im voraus|danke vielmals|mfg|lg|vg|gruss|grusse|mit freundlichen grussen|freundliche grusse|viele grusse|hallo|hi|hey|moin|servus|guten tag|guten morgen|guten abend|sehr geehrte damen und herren|ok|okay|sorry|entschuldigung|entschuldigen sie|" +
			"sofort|ab sofort|umgehend|unverzuglich|jetzt|endlich|einfach|mal|nur|doch|auch|schon|noch|bald|schnellstmoglich|so schnell wie moglich|fur immer|ein fur alle mal|dauerhaft|wieder|wirklich|und|verdammt|verdammt noch mal|verdammte|scheisse|scheiss|verflucht|arschloch|arschlocher|idioten|leute|echt|bitte bitte|nochmal|noch einmal|hiermit|dringend|kunftig|in zukunft|zukunftig|meine gute|himmel",
		classes: map[string]string{
			"AIM":      "angegeben|geschrieben|in|auf|fur|von|im",
			"THROUGH":  "zu|dass|mir|mich|bitten|bitte|uns",
			"UNSUBME":  "melden sie mich ab|meldet mich ab|melde mich ab|mich abmelden|bestelle ab|bestelle hiermit ab|tragen sie mich aus|tragt mich aus|trag mich aus|mich austragen|abo kundigen|abo beenden|abonnement kundigen|widerrufe meine einwilligung|meine einwilligung widerrufen|einwilligung widerrufen|widerrufe|ich widerrufe|widerspreche|ich widerspreche|abo abbestellen|newsletter abbestellen|mich abzumelden|kundige das abo|kundige mein abo|mein abo kundigen|mich auszutragen|newsletter abmelden|vom newsletter abmelden|newsletter kundigen",
			"STOP":     "stop|stopp|stoppt|stoppen|stoppen sie|stoppe|hor auf|hort auf|horen sie auf|hoer auf|hoert auf|hoeren sie auf|aufhoren|aufhoeren|beenden sie|beende|beendet|beenden|schluss|schluss mit|unterlassen sie|unterlasst|unterlassen|einstellen|stellen sie ein|lass|lasst|lassen sie|halt|ende mit|stop mit|stopp mit|aufhoren mit",
			"STOPBARE": "stop|stopp|stoppen|aufhoren|aufhoeren|hor auf|hort auf|horen sie auf|hoert auf|hoer auf|hoeren sie auf|schluss|schluss damit|schluss jetzt|hor auf damit|hort auf damit|horen sie auf damit|horen sie damit auf|hort damit auf|hor damit auf|stoppen sie|stoppt das|stoppen sie das|stopp das|stop das|beenden sie das|stopp alles|lass das|lasst das|lassen sie das|lassen sie es|lass es|lasst es",
			"END":      "abbrechen|storniere|stornieren|stornieren sie|kundigen|kundige|kundigung|loschen|losche|beenden|ende|abbestellung von",
			"SENDING":  "mir zu schreiben|mich zu kontaktieren|mich zu belastigen|mich zu nerven|zu schreiben|zu senden|zu schicken|mir zu senden|mir zu schicken|mich anzuschreiben|anzuschreiben|zu nerven|zu spammen|mich zuzuspammen|zuzuspammen|mir nachrichten zu schicken|mir nachrichten zu senden|mir sms zu schicken|mir sms zu senden|nachrichten zu schicken|nachrichten zu senden|sms zu schicken|sms zu senden|uns zu schreiben|uns zu kontaktieren|mir werbung zu schicken|mir diese nachrichten zu schicken|mir solche nachrichten zu schicken|mir texte zu schicken|mir staendig zu schreiben|mich mit nachrichten zu belastigen|mir diese sms zu schicken",
			"SEND":     "schreibt|schreib|schreiben|schreiben sie|schicken|schickt|schick|schicken sie|senden|sendet|sende|senden sie|kontaktieren|kontaktiert|kontaktiere|kontaktieren sie|belastigen|belastigt|belastigen sie|nerven|nervt|nerv|texten|textet|spammen|spammt|anschreiben|melden|meldet|melde|meldet euch|zuschicken|zusenden",
			"TEXTS":    "nachricht|nachrichten|sms|smse|textnachrichten|textnachricht|mitteilungen|mitteilung|werbung|werbe sms|werbesms|werbenachrichten|infos|benachrichtigungen|benachrichtigung|newsletter|spam|angebote|abo|abonnement|erinnerungen|texte|mails|kram|zeug|meldungen|push nachrichten|werbemails|mehr davon|anmeldung|anrufe",
			"A":        "der|die|das|den|dem|des|ein|eine|einen|diese|dieser|dieses|diesen|dies|solche|solchen|eure|eurer|euren|ihre|ihren|ihrer|deine|deinen|mein|meine|meinen|alle|allen|weitere|weiteren|mehr|keine|irgendwelche|mit|mit den|mit der|mit dem|mit diesen|mit euren|mit ihren|mit deinen|mit diesem|von|von euch|von ihnen|von dir|an|fur|per|jegliche|samtliche|standigen|dauernden|nervigen|unerwunschte|unerwunschten|zu|davon|damit",
			"ME":       "mich|mir|uns|diese nummer|an diese nummer|auf diese nummer|auf dieser nummer|meine nummer|an meine nummer|auf meine nummer|dieses handy|mein handy|auf mein handy",
			"NOT":      "nicht|nie|niemals|keine|kein|keinen|keinerlei|nix|nichts",
			"MORE":     "mehr|weiteren|weitere|langer|weiter|weiterhin|wieder",
			"WANT":     "mochte|moechte|will|wunsche|wuensche|brauche|wollen|mochten|wunschen|hatte gern|habe interesse|erlaube|willige ein|bin einverstanden|interessiere",
			"WISH":     "ich mochte|ich moechte|ich will|ich wunsche|ich wuensche|konnen sie|konnt ihr|konnten sie|kannst du|konntet ihr|ich bitte um|ich bitte sie|ich fordere sie auf|ich verlange|wie kann ich|wie kann man|wie|wie bestelle ich|wie melde ich mich|konnten|konnen|wurden sie|wurdet ihr|wir mochten|ich mochte mich|ich will mich|ich moechte mich|mochte|moechte|will|ich bitte darum|ich hatte gern|wo kann ich|sie sollen|ihr sollt|du sollst|ich bitte|ich mochte dass sie|ich will dass ihr|ich will dass sie|ich mochte mich gerne|ich wurde gerne|ich wurde gern|ich mochte gern|ich mochte gerne",
			"UNSUB":    "abmelden|abmelde|abmeldung|abbestellen|abbestelle|abbestellung|austragen|austragung|deabonnieren|kundigen|kundige|widerruf|widerrufen|abzumelden|auszutragen|abzubestellen",
			"REMOVE":   "entfernen sie|entfernt|entferne|entfernen|loschen sie|loscht|losche|loschen|loesche|loescht|loeschen|loeschen sie|streichen sie|streicht|streiche|streichen|nehmen sie|nehmt|nimm|vergessen sie|vergesst|vergiss|werfen sie|schmeisst|raus",
			"MINE":     "meine nummer|diese nummer|meine handynummer|meine telefonnummer|meine daten|meinen namen|meinen kontakt|mich|meine rufnummer|meine kontaktdaten|mein nummer",
			"LIST":     "von der liste|aus der liste|von ihrer liste|aus ihrer liste|von eurer liste|aus eurer liste|von dieser liste|aus dieser liste|vom verteiler|aus dem verteiler|aus ihrem verteiler|aus eurem verteiler|von ihrem verteiler|aus dem system|aus ihrem system|aus eurem system|aus der datenbank|aus ihrer datenbank|aus eurer datenbank|aus den kontakten|aus euren kontakten|von deiner liste|aus deiner liste|aus deinem verteiler|aus ihren listen|von euren listen|aus der kartei|aus diesem verteiler|aus der gruppe",
			"ALONE":    "lass mich in ruhe|lasst mich in ruhe|lassen sie mich in ruhe|lasst uns in ruhe|lassen sie uns in ruhe|lass mich in frieden|lasst mich in frieden|lassen sie mich in frieden|lass mich zufrieden|ich will meine ruhe",
			"WRONG":    "falsche nummer|falsche person|falschen person|falsche telefonnummer|falsche handynummer|falscher empfanger|falschen nummer|falsch verbunden|nummer ist falsch|die falsche nummer|sie haben die falsche nummer|ihr habt die falsche nummer|du hast die falsche nummer|falsche nr|in der nummer geirrt|in der nummer vertan",
			"OTHER":    "er|sie hat|mein ex|mein mann|meine frau|mein freund|meine freundin|mein sohn|meine tochter|meine mutter|mein vater|mein bruder|meine schwester|mein chef|meine freunde|jemand|niemand|ex",
			"I":        "ich|wir|ich habe|ich hab|ich hatte",
			"YOU":      "du|ihr|sie|euch",
			"IF":       "wenn|falls|bevor|nachdem|bis|sobald|solange",
			"WHEN":     "bis|wenn|bevor|nachdem|wahrend|so fruh|so spat|nachts|nach 22|am sonntag|sonntags|am wochenende|heute|vorerst|vorlaufig|so oft|so viele|so viel|standig|vor|nach|ausser|um diese zeit|um diese uhrzeit|tagsuber",
			"START":    "start|starten|anmelden|mich anmelden|wieder anmelden|abonnieren|wieder abonnieren|fortsetzen|neu anmelden|melden sie mich an|meldet mich an|meldet mich wieder an|melden sie mich wieder an|wieder einschalten|anmeldung",
			"HELP":     "hilfe|helfen sie mir|helft mir|hilf mir|help",
			"REFUSE":   "nein danke|kein interesse|kein bedarf|nicht interessiert|bin nicht interessiert|ich bin nicht interessiert|ich habe kein interesse|habe kein interesse|interessiert mich nicht|ich will das nicht|ich mochte das nicht|danke nein|will ich nicht|brauche ich nicht",
		},
		readings: []reading{
			{name: "stop_contacting_me", intent: OptOut, imperative: true, patterns: []string{"STOP SENDING", "STOP A* SENDING", "STOP A* TEXTS $", "STOP A* TEXTS A* SEND", "STOP ME A* TEXTS", "STOP YOU A* SENDING", "STOP YOU ME A* TEXTS"}},
			{name: "do_not_contact", intent: OptOut, patterns: []string{"SEND YOU* ME* NOT MORE", "SEND YOU* ME* NOT A* TEXTS", "SEND YOU* ME* NOT MORE? $", "ME NOT MORE SEND", "NOT MORE ME SEND", "SEND NOT MORE", "SEND YOU* NOT A* TEXTS", "ME A* NOT MORE SEND", "NOT A* TEXTS MORE? SEND", "SEND ME NOT A* MORE TEXTS", "NOT TEXTS MORE? ME", "ME NOT A* TEXTS SEND", "ME NOT MORE A* SEND", "SEND ME A* NOT MORE", "NOT MORE SEND $", "NOT MORE MORE SEND $"}},
			{name: "remove_me", intent: OptOut, patterns: []string{"REMOVE YOU* MINE LIST", "REMOVE YOU* MINE $", "REMOVE YOU* ME LIST", "MINE LIST REMOVE", "MINE REMOVE $", "ME LIST REMOVE", "MINE LIST", "LIST REMOVE $", "LIST nehmen", "LIST genommen", "LIST gestrichen", "LIST geloscht", "LIST entfernt", "MINE zu REMOVE", "MINE geloscht"}},
			{name: "unsubscribe", intent: OptOut, patterns: []string{"UNSUBME", "^ WISH? ME? A* TEXTS* LIST? UNSUB $", "^ WISH? ME? UNSUB A* TEXTS* $", "UNSUB LIST", "TEXTS UNSUB $", "melden YOU? ME ab", "meldet ME ab", "melde ME ab $", "tragen YOU? ME aus", "tragt ME aus", "WISH ab $", "ziehe A* einwilligung zuruck", "ME A* UNSUB $", "ME LIST UNSUB"}},
			{name: "no_more_messages", intent: OptOut, patterns: []string{"NOT A* TEXTS senden", "NOT A* TEXTS LIST", "genug TEXTS", "^ NOT MORE $", "NOT MORE TEXTS", "^ NOT A* TEXTS $", "^ NOT A* TEXTS MORE", "^ NOT TEXTS MORE"}},
			{name: "messages_not_wanted", intent: OptOut, patterns: []string{"WANT NOT A* TEXTS", "WANT NOT MORE A* TEXTS", "WANT A* TEXTS NOT MORE", "WANT A* TEXTS NOT", "WANT NOT MORE CONTACTED", "WANT NOT MORE kontaktiert", "WANT NOT kontaktiert", "WANT NOT MORE angeschrieben", "WANT NOT MORE belastigt", "WANT NOT belastigt", "WANT NOT dass YOU ME", "WANT NOT MORE erhalten", "WANT NOT MORE bekommen", "WANT NOT A* MORE erhalten", "WANT NOT A* MORE bekommen", "WISH NOT A* TEXTS", "WISH NOT MORE", "WISH A* TEXTS NOT", "WISH NOT A* kontaktiert", "WISH NOT angeschrieben", "WISH NOT A* erhalten", "WISH NOT A* bekommen", "NOT einverstanden"}},
			{name: "leave_me_alone", intent: OptOut, patterns: []string{"ALONE"}},
			{name: "wrong_number", intent: OptOut, imperative: true, patterns: []string{"WRONG !AIM"}},
			{name: "stop", intent: OptOut, alone: true, patterns: []string{"^ WISH? STOPBARE STOPBARE* A* $"}},

			{name: "cancel_or_end", intent: Unclear, alone: true, patterns: []string{"^ WISH? END A* $"}},
			{name: "condition", intent: Unclear, patterns: []string{"^ STOPBARE WHEN"}},
			{name: "stop_with_more", intent: Unclear, alone: true, patterns: []string{"^ stop _ $", "^ stopp _ $"}},
			{name: "refusal", intent: Unclear, patterns: []string{"^ REFUSE $", "^ es reicht $", "^ A* reicht $", "^ jetzt ist schluss $", "^ genug $", "^ mir reichts $"}},
			{name: "complaint", intent: Unclear, patterns: []string{"belastigung", "das ist spam", "warum SEND YOU ME", "warum SEND ME", "wieso SEND ME", "warum bekomme ich", "wieso bekomme ich", "wieso SEND YOU ME", "habe mich nie angemeldet", "nie angemeldet", "NOT angemeldet", "NOT bestellt", "nie bestellt", "nie zugestimmt", "NOT zugestimmt", "anwalt", "anzeige", "anzeigen", "verklage", "blockiere", "blockiert", "gesperrt", "bundesnetzagentur", "woher haben YOU MINE", "woher habt YOU MINE", "zu viele TEXTS", "dsgvo"}},
			{name: "somebody_elses_number", intent: Unclear, anyone: true, patterns: []string{"bin NOT _ $", "hier ist NOT _ $", "wohnt NOT", "NOT MORE hier", "arbeitet NOT", "ist verstorben", "verstorben", "ist tot", "ist gestorben", "gehort NOT", "nummer gehort", "kenne NOT A* _ $", "NOT seine nummer", "NOT ihre nummer"}},
			{name: "go_away", intent: Unclear, patterns: []string{"^ verpiss dich", "^ verpisst euch", "^ hau ab", "^ haut ab", "^ geh weg", "^ zieh leine"}},

			{name: "start_again", intent: OptIn, alone: true, patterns: []string{"^ WISH? START A* TEXTS* $"}},
			{name: "asks_for_help", intent: Help, alone: true, patterns: []string{"^ HELP HELP* $"}},
			{name: "question", intent: neutral, patterns: []string{"^ wer ist das $", "^ wer ist da $", "^ wer sind sie $", "^ wer bist du $", "^ wer seid ihr $", "^ kenne ich nicht $", "^ ich kenne YOU NOT $", "^ REFUSE $"}},
		},
	}
}
