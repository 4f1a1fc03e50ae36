package optout

// esWords are the Spanish pack. No provider publishes a default list in Spanish; these are the words that senders
// to Spanish speakers add themselves.
var esWords = []word{
	{"BAJA", OptOut, []string{customary}, false},
	{"DAR DE BAJA", OptOut, []string{customary}, false},
	{"DARME DE BAJA", OptOut, []string{customary}, false},
	{"ALTO", OptOut, []string{customary}, false},
	{"PARAR", OptOut, []string{customary}, false},
	{"PARE", OptOut, []string{customary}, false},
	{"DETENER", OptOut, []string{customary}, false},
	{"CANCELAR", OptOut, []string{customary}, false},
	{"ELIMINAR", OptOut, []string{customary}, false},
	{"NO MAS", OptOut, []string{customary}, false},
	{"SALIR", OptOut, []string{customary}, false},

	{"AYUDA", Help, []string{customary}, false},
}
