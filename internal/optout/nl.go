package optout

// nlWords are the Dutch pack, for the Netherlands and Belgium.
//
// Left out: UIT, EINDE, NEE and GENOEG, which are everyday answers; ANNULEREN, which cancels an order.
var nlWords = []word{
	{"STOPPEN", OptOut, []string{customary}, false},
	{"AFMELDEN", OptOut, []string{customary}, false},
	{"AFMELDING", OptOut, []string{customary}, false},
	{"AFMELDEN SMS", OptOut, []string{customary}, false},
	{"SMS AFMELDEN", OptOut, []string{customary}, false},
	{"MIJ AFMELDEN", OptOut, []string{customary}, false},
	{"MELD MIJ AF", OptOut, []string{customary}, false},
	{"UITSCHRIJVEN", OptOut, []string{customary}, false},
	{"UITSCHRIJVING", OptOut, []string{customary}, false},
	{"SCHRIJF MIJ UIT", OptOut, []string{customary}, false},
	{"OPZEGGEN", OptOut, []string{customary}, false},
	{"VERWIJDER MIJ", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"GEEN SMS", OptOut, []string{customary}, false},
	{"GEEN SMS MEER", OptOut, []string{customary}, false},
	{"GEEN BERICHTEN MEER", OptOut, []string{customary}, false},
	{"GEEN RECLAME", OptOut, []string{customary}, false},
	{"GEEN RECLAME MEER", OptOut, []string{customary}, false},

	{"AANMELDEN", OptIn, []string{customary}, false},
	{"OPNIEUW AANMELDEN", OptIn, []string{customary}, false},
	{"INSCHRIJVEN", OptIn, []string{customary}, false},
	{"ABONNEREN", OptIn, []string{customary}, false},

	{"HULP", Help, []string{customary}, false},
}

var nlYes = []string{"JA"}
