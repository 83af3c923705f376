<?php

// <parley-chat> as `npm run build` makes it. A site copies the file beside its pages.

declare(strict_types=1);

header('Content-Type: text/javascript; charset=utf-8');
readfile(__DIR__ . '/../../../packages/react/dist/parley-chat.js');
