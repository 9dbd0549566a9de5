// A volatile access is seen from outside; the value of a volatile variable is not.
int *volatile global;
volatile int device;

void stored(void)
{
    int x = 1; //! moved to heap: x
    global = &x;
}

void stored_in_local(void)
{
    int x = 1; //! moved to heap: x
    int *volatile p = &x;
    (void)*p;
}

void through(int *volatile *where, int *p) //! where does not escape; leaking param: p
{
    *where = p;
}

int number(void)
{
    volatile int x = 1; //! none
    volatile int *p = &x;
    *p = device;
    return *p;
}
