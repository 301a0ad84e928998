/* Apps that we did not write, on two nodes with PostgreSQL and Redis: the node that redeems a code did not issue it. */
import { testForeignApps } from '../support/foreign-apps.ts'
import { startTwoNodes } from '../support/two-nodes.ts'

testForeignApps(startTwoNodes)
