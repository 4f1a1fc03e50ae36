package optout

// ptWords are the Portuguese pack, for Brazil and Portugal.
//
// Left out: FIM, CHEGA and NÃO, which are everyday answers; VOLTAR, which leaves a menu; CADASTRAR, which opens an
// account.
var ptWords = []word{
	{"SAIR", OptOut, []string{anatel}, false},
	{"SAIR DA LISTA", OptOut, []string{customary}, false},
	{"PARAR", OptOut, []string{customary}, false},
	{"PARE", OptOut, []string{customary}, false},
	{"PARAR SMS", OptOut, []string{customary}, false},
	{"PARAR MENSAGENS", OptOut, []string{customary}, false},
	{"CANCELAR", OptOut, []string{customary}, false},
	{"CANCELAR SMS", OptOut, []string{customary}, false},
	{"CANCELAR INSCRIÇÃO", OptOut, []string{customary}, false},
	{"ANULAR SUBSCRIÇÃO", OptOut, []string{customary}, false},
	{"CANCELAR SUBSCRIÇÃO", OptOut, []string{customary}, false},
	{"REMOVER", OptOut, []string{customary}, false},
	{"REMOVER DA LISTA", OptOut, []string{customary}, false},
	{"DESCADASTRAR", OptOut, []string{customary}, false},
	{"DESCADASTRE", OptOut, []string{customary}, false},
	{"DESINSCREVER", OptOut, []string{customary}, false},
	{"ME DESINSCREVER", OptOut, []string{customary}, false},
	{"NÃO QUERO SMS", OptOut, []string{customary}, false},
	{"STOP SMS", OptOut, []string{customary}, false},

	{"INICIAR", OptIn, []string{customary}, false},
	{"INSCREVER", OptIn, []string{customary}, false},
	{"ME INSCREVER", OptIn, []string{customary}, false},
	{"REINSCREVER", OptIn, []string{customary}, false},
	{"SUBSCREVER", OptIn, []string{customary}, false},

	{"AJUDA", Help, []string{customary}, false},
}

var ptYes = []string{"SIM"}
