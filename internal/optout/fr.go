package optout

// frWords are the French pack, for France and Canada. ARRET and AIDE are in the base: carriers require them.
var frWords = []word{
	{"ARRETE", OptOut, []string{twilioProxy}, false},
	{"ARRETT", OptOut, []string{twilioProxy}, false},
	{"ARRETER", OptOut, []string{customary}, false},
	{"ARRETEZ", OptOut, []string{customary}, false},
	{"ANNULER", OptOut, []string{customary}, false},
	{"DESABONNER", OptOut, []string{customary}, false},
	{"DESABONNEMENT", OptOut, []string{customary}, false},
	{"ME DESABONNER", OptOut, []string{customary}, false},
	{"SE DESABONNER", OptOut, []string{customary}, false},
	{"DESINSCRIRE", OptOut, []string{customary}, false},
	{"DESINSCRIPTION", OptOut, []string{customary}, false},
	{"ME DESINSCRIRE", OptOut, []string{customary}, false},
	{"RESILIER", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"STOP PUB", OptOut, []string{customary}, false},
}
