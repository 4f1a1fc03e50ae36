package optout

// frWords are the French pack, for France and Canada. ARRET and AIDE are in the base: carriers require them. The texts
// of French senders end in "STOP au 36xxx" (charter of the af2m), which people copy with SMS and PUB.
//
// Left out: FIN, NON and ASSEZ, which are everyday answers; COMMENCER and REPRENDRE, which are said of anything.
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
	{"DESABONNEZ MOI", OptOut, []string{customary}, false},
	{"DESINSCRIRE", OptOut, []string{customary}, false},
	{"DESINSCRIPTION", OptOut, []string{customary}, false},
	{"ME DESINSCRIRE", OptOut, []string{customary}, false},
	{"SE DESINSCRIRE", OptOut, []string{customary}, false},
	{"DESINSCRIVEZ MOI", OptOut, []string{customary}, false},
	{"RESILIER", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},
	{"STOP PUB", OptOut, []string{customary}, false},
	{"PLUS DE SMS", OptOut, []string{customary}, false},
	{"PLUS DE MESSAGES", OptOut, []string{customary}, false},

	{"S'ABONNER", OptIn, []string{customary}, false},
	{"M'ABONNER", OptIn, []string{customary}, false},
	{"ABONNEZ MOI", OptIn, []string{customary}, false},
	{"REABONNER", OptIn, []string{customary}, false},
	{"ME REABONNER", OptIn, []string{customary}, false},
	{"REINSCRIRE", OptIn, []string{customary}, false},
	{"ME REINSCRIRE", OptIn, []string{customary}, false},
}

var frYes = []string{"OUI"}
