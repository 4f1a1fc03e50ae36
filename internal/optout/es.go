package optout

// esWords are the Spanish pack, for Spain and the Americas. Spanish short codes in the US must answer ALTO and AYUDA;
// senders in Spain and Latin America write BAJA.
//
// ALTA is the counterpart of BAJA. It also means "high", but who has opted out is asked nothing that it could answer.
//
// Left out: FIN, BASTA, PARA and NO, which are everyday answers; INICIO (Textizen), which takes people to the start of
// a menu.
var esWords = []word{
	{"BAJA", OptOut, []string{customary}, false},
	{"DAR DE BAJA", OptOut, []string{customary}, false},
	{"DARME DE BAJA", OptOut, []string{customary}, false},
	{"DARSE DE BAJA", OptOut, []string{customary}, false},
	{"DAME DE BAJA", OptOut, []string{customary}, false},
	{"DENME DE BAJA", OptOut, []string{customary}, false},
	{"ALTO", OptOut, []string{twilioES, textizen}, false},
	{"PARAR", OptOut, []string{customary}, false},
	{"PARE", OptOut, []string{customary}, false},
	{"DETENER", OptOut, []string{customary}, false},
	{"CANCELAR", OptOut, []string{customary}, false},
	{"CANCELAR SUSCRIPCION", OptOut, []string{customary}, false},
	{"ANULAR SUSCRIPCION", OptOut, []string{customary}, false},
	{"DESUSCRIBIR", OptOut, []string{customary}, false},
	{"DESUSCRIBIRME", OptOut, []string{customary}, false},
	{"DESUSCRIBIRSE", OptOut, []string{customary}, false},
	{"ELIMINAR", OptOut, []string{customary}, false},
	{"QUITARME", OptOut, []string{customary}, false},
	{"NO MAS", OptOut, []string{customary}, false},
	{"NO MAS MENSAJES", OptOut, []string{customary}, false},
	{"NO MAS SMS", OptOut, []string{customary}, false},
	{"SALIR", OptOut, []string{customary}, false},

	{"ALTA", OptIn, []string{customary}, false},
	{"INICIAR", OptIn, []string{customary}, false},
	{"REANUDAR", OptIn, []string{customary}, false},
	{"SUSCRIBIR", OptIn, []string{customary}, false},
	{"SUSCRIBIRME", OptIn, []string{customary}, false},
	{"DARME DE ALTA", OptIn, []string{customary}, false},

	{"AYUDA", Help, []string{twilioES}, false},
	{"AUXILIO", Help, []string{textizen}, false},
}

var esYes = []string{"SÍ"}
