// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";

/// USDC.e or USDC: a dollar token that one account may mint.
contract UsdCoin is Erc20 {
    error OnlyMinter();

    address public immutable minter;

    constructor(string memory tokenName, string memory tokenSymbol, address tokenMinter) Erc20(tokenName, tokenSymbol) {
        minter = tokenMinter;
    }

    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert OnlyMinter();
        _mint(to, amount);
    }
}
