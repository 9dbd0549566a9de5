// mimalloc, called by its own names (peers/peer.h has the contract).
#ifndef PEERS_PEER_MIMALLOC_H
#define PEERS_PEER_MIMALLOC_H

#include <mimalloc.h>

#define PEER_MALLOC mi_malloc
#define PEER_CALLOC mi_calloc
#define PEER_FREE mi_free

#include "peers/peer_malloc.h"

#endif
