#include <stddef.h>

int nested(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int *p = NULL;
        int y = i;
        int *q = &y;
        for (int j = 0; j < n; j++) {
            int x = j;
            p = &x;
            int *r = &x;
            q = r;
            sum += *r;
        }
        sum += *p + *q;
    }
    return sum;
}

int sideways(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++) {
        int x = i;
        int *p = &x;
        for (int j = 0; j < n; j++) {
            int *q = p;
            sum += *q;
        }
    }
    return sum;
}
