/* portal.js: small comforts on top of plain pages. Every journey works without this file.
 *
 * It adds: keys (/ and Esc), closing of menus, row selection with a bulk bar, dropping files with upload progress,
 * focus and announcements after htmx has swapped something, print and close buttons.
 * Rules: ES2017 (old Chromium), nothing global, no eval, no inline handlers, no style attributes; texts come from
 * the markup where they differ from page to page.
 */
(function () {
  'use strict';

  // Set before the body is read, so that nothing jumps when .js-only and .no-js-only take effect.
  document.documentElement.classList.add('js');

  const one = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // ---- announcements: one polite region in the layout, at most one sentence in 5 seconds ----

  let lastSpoken = 0;
  let waiting = null;

  function announce(text) {
    const region = one('#announce');
    if (!region || !text) return;
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      lastSpoken = Date.now();
      region.textContent = text;
    }, Math.max(0, lastSpoken + 5000 - Date.now()));
  }

  // ---- focus: error summary first, else the heading of what is new ----

  function focusOn(element) {
    if (!element) return;
    if (!element.hasAttribute('tabindex')) element.setAttribute('tabindex', '-1');
    element.focus();
  }

  // focusIn moves the focus into what is new and says whether it found a place.
  function focusIn(root) {
    const inside = (selector) => (root.matches(selector) ? root : one(selector, root));
    const place = inside('.gz-errsum') || inside('.gz-flash.is-late') || inside('h1, h2, h3');
    focusOn(place);
    return Boolean(place);
  }

  // ---- keys ----

  // isTyping says whether a character belongs to the target: a tick takes none.
  function isTyping(target) {
    return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type);
  }

  // closeMenus closes every open menu except the given one and says whether there was any.
  function closeMenus(except, refocus) {
    const open = all('details.gz-menu[open]').filter((menu) => menu !== except);
    open.forEach(function (menu) {
      menu.removeAttribute('open');
      if (refocus) one('summary', menu).focus();
    });
    return open.length > 0;
  }

  // cancelDialog follows the cancel link of the question on the page, unless something has been typed into it.
  function cancelDialog() {
    const dialog = one('.gz-dialog');
    const cancel = dialog && one('a[data-cancel]', dialog);
    const touched = dialog && all('input, textarea', dialog).some((field) =>
      field.type !== 'hidden' && field.value !== field.defaultValue);
    if (cancel && !touched) cancel.click();
  }

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key === '/' && !isTyping(event.target)) {
      const search = one('.gz-search input') || one('.gz-toolbar input[type="text"], .gz-toolbar input:not([type])');
      if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    }
    if (event.key === 'Escape' && !closeMenus(null, true)) cancelDialog();
  });

  // ---- clicks: menus, flashes, printing, links to fields ----

  document.addEventListener('click', function (event) {
    closeMenus(event.target.closest('details.gz-menu'), false);
    const close = event.target.closest('[data-close]');
    if (close) {
      const flash = close.closest('.gz-flash');
      if (flash) flash.remove();
      focusOn(one('#main'));
    }
    if (event.target.closest('[data-print]')) window.print();
    // A link of the error summary puts the cursor into its field, not only above it.
    const link = event.target.closest('.gz-errsum a[href^="#"]');
    const field = link && document.getElementById(link.getAttribute('href').slice(1));
    if (field) {
      event.preventDefault();
      field.focus();
      field.scrollIntoView({ block: 'center' });
    }
  });

  // ---- printing: folded findings are printed whole ----

  let unfolded = [];
  window.addEventListener('beforeprint', function () {
    unfolded = all('details.gz-finding:not([open])');
    unfolded.forEach((finding) => finding.setAttribute('open', ''));
  });
  window.addEventListener('afterprint', function () {
    unfolded.forEach((finding) => finding.removeAttribute('open'));
    unfolded = [];
  });

  // ---- tables with row selection ----

  function setUpBulk(box) {
    const bar = one('.gz-bulk', box);
    if (!bar || box.bulkReady) return;
    box.bulkReady = true;
    bar.classList.remove('is-below');
    box.insertBefore(bar, box.firstChild);

    const rows = () => all('input[data-row]', box);
    const every = one('input[data-every]', box);
    const wide = one('input[data-wide]', bar); // "everything that the filter finds", beyond this page
    const text = one('[data-selected]', bar);

    function refresh() {
      const ticked = rows().filter((row) => row.checked);
      const beyond = wide && wide.value === '1';
      rows().forEach((row) => row.closest('tr').classList.toggle('is-sel', row.checked));
      if (every) {
        every.checked = ticked.length > 0 && ticked.length === rows().length;
        every.indeterminate = ticked.length > 0 && !every.checked;
      }
      bar.classList.toggle('is-on', ticked.length > 0);
      text.textContent = beyond ? text.getAttribute('data-text-wide')
        : text.getAttribute('data-text').replace('%d', ticked.length);
    }

    function tick(checked, beyond) {
      rows().forEach((row) => { row.checked = checked; });
      if (wide) wide.value = beyond ? '1' : '';
      refresh();
      announce(text.textContent);
    }

    box.addEventListener('change', function (event) {
      if (event.target === every) tick(every.checked, false);
      else if (event.target.matches('input[data-row]')) {
        if (wide) wide.value = '';
        refresh();
      }
    });
    box.addEventListener('click', function (event) {
      if (event.target.closest('[data-select-wide]')) tick(true, true);
      if (event.target.closest('[data-clear]')) {
        tick(false, false);
        if (every) every.focus();
      }
    });
    refresh();
  }

  // ---- file drop and upload ----

  function megabytes(bytes) {
    return bytes < 102400 ? (bytes / 1024).toFixed(1) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB';
  }

  // roundedUp writes a size that is beyond a limit, rounded up, so that it never reads like the limit itself.
  function roundedUp(bytes) {
    const unit = bytes < 1048576 ? 1024 : 1048576;
    return (Math.ceil(bytes * 10 / unit) / 10).toFixed(1) + (unit === 1024 ? ' KB' : ' MB');
  }

  // beyond says which limit of the form the files break, "" if none: the server refuses them too, but may close the
  // connection before the browser has read why. Names mean nothing but themselves.
  function beyond(form, files) {
    const limit = (name) => Number(form.getAttribute(name)) || Infinity;
    const say = (name, values) => form.getAttribute(name).replace(/\{(\w+)\}/g, (whole, key) => values[key]);
    const large = files.filter((file) => file.size > limit('data-file-bytes'));
    const sum = files.reduce((bytes, file) => bytes + file.size, 0);
    if (large.length) {
      return say('data-file-large', { files: large.map((file) => '“' + file.name + '”（' + roundedUp(file.size) + '）').join('、') });
    }
    if (files.length > limit('data-files')) return say('data-files-many', { count: files.length });
    return sum > limit('data-all-bytes') ? say('data-all-large', { size: roundedUp(sum) }) : '';
  }

  // formData puts the fields in the order in which the server reads them: token, other fields, files.
  function formData(form) {
    const data = new FormData();
    const entries = Array.from(new FormData(form).entries());
    const rank = (entry) => (entry[0] === '_csrf' ? 0 : entry[1] instanceof File ? 2 : 1);
    entries.sort((a, b) => rank(a) - rank(b));
    entries.forEach((entry) => data.append(entry[0], entry[1]));
    return data;
  }

  function setUpUpload(form) {
    const input = one('input[type="file"]', form);
    const drop = one('.gz-drop', form);
    if (!input || !drop || form.uploadReady) return;
    form.uploadReady = true;
    const title = one('[data-title]', drop);
    const idle = title.textContent;
    const progress = one('[data-progress]', form);
    const problem = one('[data-problem]', form);
    let request = null;

    const names = () => Array.from(input.files).map((file) => file.name).join('、');
    const size = () => Array.from(input.files).reduce((sum, file) => sum + file.size, 0);

    function hover(on) {
      drop.classList.toggle('is-over', on);
      title.textContent = on ? drop.getAttribute('data-over') : (names() || idle);
    }

    function fail(sentence) {
      request = null;
      progress.hidden = true;
      drop.hidden = false;
      problem.hidden = false;
      one('[data-problem-text]', problem).textContent = sentence;
      input.setAttribute('aria-invalid', 'true');
      input.value = '';
      hover(false);
    }

    function show(sent, total) {
      const percent = total ? Math.floor(sent * 100 / total) : 0;
      const bar = one('[role="progressbar"]', progress);
      bar.setAttribute('aria-valuenow', percent);
      one('rect', bar).setAttribute('width', percent + '%');
      one('[data-bytes]', progress).textContent = megabytes(sent) + '／' + megabytes(total);
      announce('已上传 ' + percent + '%');
    }

    // finish follows the address that the server names, or shows the form that it sent back.
    function finish(xhr) {
      const next = xhr.getResponseHeader('HX-Redirect');
      if (next) {
        request = null; // from here on the page may be left without a question
        window.location.assign(next);
        return;
      }
      const answer = new DOMParser().parseFromString(xhr.responseText, 'text/html');
      const fresh = form.id && answer.getElementById(form.id);
      const alert = one('[role="alert"]', answer);
      if (fresh && fresh !== form) {
        const copy = document.importNode(fresh, true);
        form.replaceWith(copy);
        request = null;
        setUp(copy.parentNode);
        if (window.htmx) window.htmx.process(copy);
        focusIn(copy);
      } else {
        fail(alert ? alert.textContent.trim() : form.getAttribute('data-refused'));
      }
    }

    function upload() {
      if (request || !input.files.length) return;
      const tooMuch = beyond(form, Array.from(input.files));
      if (tooMuch) {
        fail(tooMuch);
        return;
      }
      request = new XMLHttpRequest();
      const xhr = request;
      problem.hidden = true;
      input.removeAttribute('aria-invalid');
      progress.hidden = false;
      one('[data-names]', progress).textContent = names();
      show(0, size());
      xhr.upload.onprogress = (event) => { if (event.lengthComputable) show(event.loaded, event.total); };
      xhr.upload.onload = function () {
        const bytes = one('[data-bytes]', progress);
        bytes.textContent = bytes.textContent + '　' + form.getAttribute('data-sent');
        announce(form.getAttribute('data-sent'));
      };
      xhr.onload = () => finish(xhr);
      xhr.onerror = () => fail(form.getAttribute('data-broken'));
      xhr.onabort = () => fail(form.getAttribute('data-stopped'));
      xhr.open('POST', form.action);
      xhr.setRequestHeader('HX-Request', 'true');
      xhr.setRequestHeader('X-CSRF-Token', form.elements._csrf.value);
      xhr.send(formData(form));
      drop.hidden = true;
    }

    ['dragenter', 'dragover'].forEach((name) => drop.addEventListener(name, function (event) {
      event.preventDefault();
      hover(true);
    }));
    drop.addEventListener('dragleave', (event) => { if (!drop.contains(event.relatedTarget)) hover(false); });
    drop.addEventListener('drop', function (event) {
      event.preventDefault();
      if (event.dataTransfer.files.length > 1 && !input.multiple) {
        hover(false);
        fail(form.getAttribute('data-single'));
        return;
      }
      input.files = event.dataTransfer.files; // fires change in no browser: done by hand
      hover(false);
      if (form.hasAttribute('data-auto')) upload();
    });
    input.addEventListener('change', function () {
      hover(false);
      if (form.hasAttribute('data-auto')) upload();
    });
    form.addEventListener('submit', function (event) {
      if (!input.files.length) return; // the server says in words that a file is missing
      event.preventDefault();
      upload();
    });
    one('[data-stop]', progress).addEventListener('click', () => { if (request) request.abort(); });
    window.addEventListener('beforeunload', function (event) {
      if (!request) return;
      event.preventDefault();
      event.returnValue = '';
    });
  }

  // ---- wiring ----

  function setUp(root) {
    all('[data-bulk]', root).forEach(setUpBulk);
    all('form[data-upload]', root).forEach(setUpUpload);
  }

  document.addEventListener('DOMContentLoaded', function () {
    // A file that misses its place must not replace the page.
    if (one('form[data-upload]')) {
      ['dragover', 'drop'].forEach((name) => document.addEventListener(name, (event) => event.preventDefault()));
    }
    setUp(document);
    focusOn(one('.gz-errsum'));
  });

  let placed = null; // the request whose answer has already got the focus: it may settle in several pieces
  document.addEventListener('htmx:afterSettle', function (event) {
    const root = event.detail.elt || event.target;
    setUp(root.parentNode || root);
    const speech = root.matches('[data-announce]') ? root : one('[data-announce]', root);
    if (speech) announce(speech.getAttribute('data-announce'));
    // A refresh by the clock must not take the focus away: only what the reader has asked for moves it.
    const config = event.detail.requestConfig;
    const cause = config && config.triggeringEvent;
    const asked = cause && (cause.type === 'submit' || cause.type === 'click');
    if (asked && placed !== event.detail.xhr && focusIn(root)) placed = event.detail.xhr;
  });

  function lost() {
    const box = one('#flash');
    const message = one('#flash-lost');
    if (!box || !message) return;
    box.textContent = '';
    box.appendChild(document.importNode(message.content, true));
  }
  document.addEventListener('htmx:sendError', function (event) {
    const config = event.detail.requestConfig;
    if (config && config.triggeringEvent) lost(); // silent for refreshes by the clock
  });
}());
